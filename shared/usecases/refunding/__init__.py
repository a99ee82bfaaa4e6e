"""Refunds and releases: paid, settled, reported by gateways, and ended by people where a gateway cannot."""
