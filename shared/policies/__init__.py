"""The policy that rules until an operator puts another."""
