"""The wizard in a browser of this machine: textual-serve behind a door of its own, since it has
none."""
