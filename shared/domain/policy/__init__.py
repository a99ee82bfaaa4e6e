"""Holds the rules that a business changes without us: their documents, conditions, scope, versions and evaluation."""
