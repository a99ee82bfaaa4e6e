"""Connects to Stripe: refunds through its SDK, and its webhooks."""
