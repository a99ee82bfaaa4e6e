"""Reports count how approvals went, and what was refused wrongly."""
