"""A line of an order, with its taxes and charges; it has no route of its own and stands in orders and plans."""
