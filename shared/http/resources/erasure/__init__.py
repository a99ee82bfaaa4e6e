"""An erasure takes a customer's personal values out of all their orders."""
