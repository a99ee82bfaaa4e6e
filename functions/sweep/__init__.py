"""Finishes work that a crash or a lost message left undone."""
