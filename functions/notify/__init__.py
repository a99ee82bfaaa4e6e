"""A department's reference consumer."""
