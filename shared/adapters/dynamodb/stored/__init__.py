"""The shapes in which domain values are stored, apart from the domain's own types (ADR 0021)."""
