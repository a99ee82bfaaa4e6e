"""Keeps everything on DynamoDB, a table each: orders, changes, the log, SKUs, requests, deliveries, store credit,
policies with delegations, and refusals (ADR 0002)."""
