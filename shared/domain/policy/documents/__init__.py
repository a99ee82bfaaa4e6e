"""One file for each policy document, and the registry of them all."""
