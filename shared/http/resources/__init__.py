"""One folder a resource: its request model, its reply model and its view side by side."""
