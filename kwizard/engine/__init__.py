"""Plan, run, journal, events."""
