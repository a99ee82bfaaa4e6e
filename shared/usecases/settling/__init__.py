"""Give back what is overpaid."""
