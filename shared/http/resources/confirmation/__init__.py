"""The resource `confirmation`: request, reply and view."""
