"""Ask the customer for a payment before a commit, book what comes, and commit once it is enough."""
