"""Implements the ports on top of AWS, payment gateways and sales channels."""
