"""Policy documents: proposed, agreed to, withdrawn, read and replayed."""
