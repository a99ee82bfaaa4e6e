"""The terms of a cancellation work out every sum and wait for the customer; plans and confirmations show them."""
