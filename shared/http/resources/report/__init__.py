"""The resource `report`: request, reply and view."""
