"""An edit is one operation of an amendment on an order; this folder reads and shows it."""
