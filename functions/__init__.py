"""Holds the Lambdas, one folder each: `handler.py` parses, calls one use case, and answers."""
