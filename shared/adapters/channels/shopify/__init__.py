"""Reads Shopify orders."""
