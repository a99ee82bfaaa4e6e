"""An amendment changes an order by edits; it is previewed, drafted, submitted, accepted, and undone."""
