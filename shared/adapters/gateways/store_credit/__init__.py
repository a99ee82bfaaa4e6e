"""Store credit: our own ledger."""
