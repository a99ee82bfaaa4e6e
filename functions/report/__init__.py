"""Reports: how approvals went, and what was refused wrongly."""
