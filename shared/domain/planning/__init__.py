"""From edits to a plan: what a change would do to lines, money, stock and people. Pure."""
