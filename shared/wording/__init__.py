"""Holds the words that people read, so that letters, plans and waits say the same wherever they are shown."""
