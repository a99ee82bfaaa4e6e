"""The resource `replay`: request, reply and view."""
