"""Finds disagreements in everything that is kept."""
