"""The pure part: orders, edits, plans, money, states, policy. Imports nothing of AWS and owns no clock."""
