"""Reports count how approvals went, and the requests that were refused wrongly."""
