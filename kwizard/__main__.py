"""`kwizard`, and `python -m kwizard`."""

import gc
import sys


def start() -> int:
    """The program, from its first module on; returns the exit status.

    While modules are read nothing becomes garbage, and looking for some takes a tenth of the time:
    the command line begins with that once they are there.
    """
    gc.disable()
    from kwizard.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(start())
