"""The domain as JSON in CONTRACT.md's shapes: one file a thing. What is not there is left out, not null."""
