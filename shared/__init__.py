"""Everything that the functions share: the domain, its use cases, and the adapters that connect them to AWS."""
