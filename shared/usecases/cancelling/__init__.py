"""Cancellations of orders, lines and units."""
