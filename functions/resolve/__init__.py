"""Records how a person ended a fallout, or made a refund by hand."""
