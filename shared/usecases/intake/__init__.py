"""Facts that come in from outside: orders, payments, products and stock."""
