"""Erases a customer."""
