"""The service shows its OpenAPI document and a sign of life to anybody."""
