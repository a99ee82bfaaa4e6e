"""The resource `amendment`: request, reply and view."""
