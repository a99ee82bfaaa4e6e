"""Says whose token it is."""
