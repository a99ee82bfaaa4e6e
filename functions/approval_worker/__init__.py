"""Steps of the approval machine."""
