"""A resolution ends a fallout: what failed was done by hand, or is given up."""
