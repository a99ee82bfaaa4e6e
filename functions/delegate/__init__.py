"""Standing in for an approver who is away."""
