"""A line belongs to an order and has taxes and charges; it has no route of its own and stands in orders and plans."""
