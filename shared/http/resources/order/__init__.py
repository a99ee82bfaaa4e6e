"""The resource `order`: request, reply and view."""
