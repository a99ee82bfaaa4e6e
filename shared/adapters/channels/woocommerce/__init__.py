"""Reads WooCommerce orders."""
