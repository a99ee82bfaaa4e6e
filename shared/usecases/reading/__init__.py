"""Read an order's history."""
