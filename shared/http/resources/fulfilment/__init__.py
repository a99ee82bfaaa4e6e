"""The resource `fulfilment`: request, reply and view."""
