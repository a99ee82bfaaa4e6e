"""Puts events on the bus."""
