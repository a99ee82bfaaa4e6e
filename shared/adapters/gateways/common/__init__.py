"""Holds the parts that gateways share: signatures, payloads, and units of money."""
