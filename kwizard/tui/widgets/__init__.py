"""Widgets the screens share. None of them knows a use case."""
