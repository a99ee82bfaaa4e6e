"""The resource `terms`: request, reply and view."""
