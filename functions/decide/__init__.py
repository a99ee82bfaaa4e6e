"""Records approvals and rejections."""
