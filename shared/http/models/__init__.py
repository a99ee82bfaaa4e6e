"""Requests as they may look (one file a thing), each with `to_domain()`; replies as the OpenAPI document shows them."""
