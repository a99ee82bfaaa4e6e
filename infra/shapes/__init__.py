"""The description of stored shapes: made from the domain's types, compared with what is committed (ADR 0021)."""
