"""The resource `plan`: request, reply and view."""
