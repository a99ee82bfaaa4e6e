"""Sends letters to customers."""
