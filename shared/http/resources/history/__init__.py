"""An order's history is its versions and its log of changes, chained by hashes."""
