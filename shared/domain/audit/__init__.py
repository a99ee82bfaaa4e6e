"""Keeps the evidence of an order: its log and the log's chain, its erasure, and the reconciliation of its books."""
