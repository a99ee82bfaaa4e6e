"""A payment stands in an order; payments, captures and voids are reported by a route of their own."""
