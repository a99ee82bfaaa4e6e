"""Refunds that a person makes."""
