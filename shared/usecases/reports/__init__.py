"""Report on past changes."""
