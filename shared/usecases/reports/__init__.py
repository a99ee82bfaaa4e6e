"""Reports over past changes."""
