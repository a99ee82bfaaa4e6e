"""Handles refunds that a person makes."""
