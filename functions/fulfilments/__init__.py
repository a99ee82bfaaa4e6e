"""Records fulfilments and payments."""
