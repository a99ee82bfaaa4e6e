"""Holds the parts that readers of channels share: typed payloads, bounds, sums, addresses, texts."""
