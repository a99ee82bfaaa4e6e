"""The evidence: the log and its chain, erasure, and the reconciliation of an order's books."""
