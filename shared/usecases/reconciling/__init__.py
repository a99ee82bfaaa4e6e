"""Reconcile everything that is kept, and repair what is safe to repair."""
