"""The OpenAPI document and a sign of life."""
