"""Holds the use cases: a file each, named by its verb, which asks for what it needs through ports."""
