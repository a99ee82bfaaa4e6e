"""Start, edit, submit, accept, end and undo amendments."""
