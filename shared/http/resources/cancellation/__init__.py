"""The resource `cancellation`: request, reply and view."""
