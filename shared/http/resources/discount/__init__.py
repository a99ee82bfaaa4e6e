"""A discount takes a percentage or an amount off a line or a whole order; it stands in those."""
