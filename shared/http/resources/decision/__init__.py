"""The resource `decision`: request, reply and view."""
