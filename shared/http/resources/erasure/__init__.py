"""The resource `erasure`: request, reply and view."""
