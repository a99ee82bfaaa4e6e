"""A settlement reports a refund that was made by hand."""
