"""Approvals: asked for, decided, delegated, and what time does to them."""
