"""Holds the rules that a business changes without us: their documents, validation, versions and evaluation."""
