"""The stores on DynamoDB: one table each for orders, changes, the log, SKUs, requests and deliveries (ADR 0002)."""
