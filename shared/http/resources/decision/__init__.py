"""A decision approves or rejects a change that waits for a role, or for the order's owner."""
