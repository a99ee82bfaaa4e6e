"""Holds everything that knows HTTP: who may use a route, request models, views, problems, and the order of checks."""
