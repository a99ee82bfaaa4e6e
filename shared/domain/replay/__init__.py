"""Evaluates past changes again: under another policy, or by their later outcome."""
