"""Describes an order as it stands: lines, prices, payments, parties, progress and assets."""
