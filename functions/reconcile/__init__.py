"""Finds what does not agree."""
