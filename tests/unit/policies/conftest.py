"""Clients of the handlers, for what the shipped documents make of an attack."""

from tests.unit.http.conftest import agent, customer, documented, service, world

__all__ = ["agent", "customer", "documented", "service", "world"]
