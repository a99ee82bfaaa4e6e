"""A product has list prices, a unit cost, and whether it can be changed once ordered."""
