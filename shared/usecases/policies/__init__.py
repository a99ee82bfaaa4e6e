"""Propose, decide on, withdraw, read and replay policy documents."""
