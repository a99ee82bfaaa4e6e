"""A resolution ends a fallout: the failed step was done by hand, or is given up."""
