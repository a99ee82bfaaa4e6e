"""Says which characters an id has that is given to us: it stands in paths, edits and keys."""

ID = r"[A-Za-z0-9._:/ -]+"
"""The pattern of a whole id, one character at least."""
