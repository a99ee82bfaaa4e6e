"""The resource `policy`: request, reply and view."""
