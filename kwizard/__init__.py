"""kwizard: Kubernetes from the release binaries, over SSH, one readable step at a time."""

__version__ = "0.1.0"
