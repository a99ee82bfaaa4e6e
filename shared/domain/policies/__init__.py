"""The rules that a business changes weekly, as data: one document each, with the types that give it its meaning."""
