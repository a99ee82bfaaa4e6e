"""Turns new orders from channels into orders of ours."""
