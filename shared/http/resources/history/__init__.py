"""The resource `history`: request, reply and view."""
