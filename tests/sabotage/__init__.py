"""The suite proves itself: every guard of the code is removed in turn, and some test must notice (FAULTS.md)."""
