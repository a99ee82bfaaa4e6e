"""The checks that a policy document passes before it can be in force."""
