"""Activates orders, so that subscription lines become assets."""
