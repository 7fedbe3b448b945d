"""Figures, not tests: nothing here is asserted, since it depends on the machine."""
