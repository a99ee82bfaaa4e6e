"""Does the steps of the approval and confirmation machines."""
