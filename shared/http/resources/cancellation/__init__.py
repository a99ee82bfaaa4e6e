"""A cancellation takes units or a whole order back, or gives goodwill; it is asked for, and may be withdrawn."""
