"""Authorizes bearer tokens for the whole API."""
