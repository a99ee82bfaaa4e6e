"""Cancel orders, lines and units."""
