"""Keeps store credit in a ledger of our own."""
