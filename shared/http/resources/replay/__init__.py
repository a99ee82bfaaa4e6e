"""A replay judges past changes by a draft of a policy, and keeps nothing."""
