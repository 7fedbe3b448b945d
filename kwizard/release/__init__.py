"""Which releases there are, how they are fetched, and what a tarball holds."""
