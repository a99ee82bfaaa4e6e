"""Holds version 1 of each policy document, in force until an operator proposes another."""
