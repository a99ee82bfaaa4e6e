"""Lets somebody stand in for an approver who is away."""
