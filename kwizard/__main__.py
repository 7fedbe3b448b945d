"""`python -m kwizard`."""

import sys

from kwizard.cli import main

if __name__ == "__main__":
    sys.exit(main())
