"""Shows policies to operators, and takes proposals of new versions and decisions on them."""
