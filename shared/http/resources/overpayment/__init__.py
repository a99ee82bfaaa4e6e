"""A settlement of an overpayment gives back what is overpaid; it is asked for, and may be withdrawn while it waits."""
