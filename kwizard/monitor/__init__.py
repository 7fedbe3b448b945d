"""The read-only view: built from probes alone."""
