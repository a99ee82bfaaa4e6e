"""What payment gateways report."""
