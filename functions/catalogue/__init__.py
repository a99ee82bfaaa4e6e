"""Sets and shows products and stock levels."""
