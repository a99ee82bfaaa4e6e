"""A confirmation shows the terms of a change to whoever holds its link, and takes their answer."""
