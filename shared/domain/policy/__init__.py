"""The rules that a business changes without us: their documents, how they are validated, versioned and asked."""
