"""The resource `payment`: request, reply and view."""
