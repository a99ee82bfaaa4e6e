"""A change is an amendment or a cancellation as it is read: its status, its plan, its timeline, and who is awaited."""
