"""Shows orders, their history, and changes."""
