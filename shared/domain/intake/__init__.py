"""A new order on its way in, and how it becomes one of ours."""
