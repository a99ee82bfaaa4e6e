"""Shows the terms of a cancellation, opens it, and withdraws it."""
