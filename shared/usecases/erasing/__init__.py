"""Erase a customer's personal values."""
