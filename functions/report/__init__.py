"""Reports how approvals went, and which requests were refused wrongly."""
