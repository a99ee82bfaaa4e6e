"""Finishes what nobody finished."""
