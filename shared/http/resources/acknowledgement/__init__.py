"""A department reports that it has done its part in a committed change, or could not."""
