"""A policy document is read, proposed as a new version, and agreed to or rejected by a second operator."""
