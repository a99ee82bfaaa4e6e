"""Reconciliation: walking all that is kept, and repairing what is safe to repair."""
