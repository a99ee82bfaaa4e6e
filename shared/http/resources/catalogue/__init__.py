"""The resource `catalogue`: request, reply and view."""
