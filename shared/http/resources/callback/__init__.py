"""A payment gateway calls to report how refunds ended; the adapters read what it sends, each in its own form."""
