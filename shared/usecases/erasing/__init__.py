"""Erasing a customer's personal values."""
