"""Replies as the OpenAPI document shows them. Handlers write plain dicts; a test holds those against these models."""
