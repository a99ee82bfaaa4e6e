"""Shopify orders."""
