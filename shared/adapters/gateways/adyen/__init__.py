"""Connects to Adyen: refunds through its SDK, and its webhooks."""
