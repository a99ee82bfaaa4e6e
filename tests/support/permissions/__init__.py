"""Judges AWS calls by the policies of the role that makes them, as IAM does."""
