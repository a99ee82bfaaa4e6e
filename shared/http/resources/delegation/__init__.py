"""The resource `delegation`: request, reply and view."""
