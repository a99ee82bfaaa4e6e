"""The words that people read, in one place: letters, plans and waits say the same wherever they are shown."""
