"""The resource `edit`: request, reply and view."""
