"""Runs a department's reference consumer."""
