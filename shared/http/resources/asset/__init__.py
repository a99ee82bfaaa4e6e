"""The resource `asset`: request, reply and view."""
