"""Previews, opens, submits, accepts and undoes amendments."""
