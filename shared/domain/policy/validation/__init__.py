"""Checks a policy document before it comes in force."""
