"""Steps of the refund machine."""
