"""Walks one change over a deployed stack, and looks at what only AWS itself can show."""
