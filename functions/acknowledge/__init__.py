"""Records that a department has done its part."""
