"""A stock level counts the units of a product: on hand, available, held and allocated."""
