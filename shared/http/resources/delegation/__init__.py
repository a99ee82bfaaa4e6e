"""A delegation lets somebody else decide in the place of an approver who is away."""
