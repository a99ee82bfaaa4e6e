"""Does the steps of the refund machine."""
