"""What can be done: one verb-named file per use case, each asking for what it needs through ports."""
