"""Turns a bearer token into a principal."""
