"""Use cases: no printing, no widgets."""
