"""Reading an order's history."""
