"""Take in facts from outside: orders, payments, products and stock."""
