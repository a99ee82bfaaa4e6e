"""Past changes judged once more: by another policy, or by what became of them."""
