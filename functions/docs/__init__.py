"""Serves the OpenAPI document and a sign of life."""
