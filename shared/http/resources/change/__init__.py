"""The resource `change`: request, reply and view."""
