"""How to look at a host: read-only scripts and pure parsers of what they print."""
