"""The cluster file: plain frozen dataclasses, and the way in and out of YAML."""
