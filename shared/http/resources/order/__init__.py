"""An order is taken from channels, listed and read."""
