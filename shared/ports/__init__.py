"""Declares the ports as protocols: use cases ask for them, adapters implement them, tests fake them, bootstrap.py joins
them."""
