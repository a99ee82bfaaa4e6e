"""WooCommerce orders."""
