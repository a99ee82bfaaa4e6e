"""The resource `line`: request, reply and view."""
