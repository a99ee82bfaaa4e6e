"""Holds the parts that all use cases share: access, the transaction runner, planning, and the write."""
