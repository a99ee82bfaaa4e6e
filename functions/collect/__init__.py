"""Does the steps of the collection machine."""
