"""Amendments: started, edited, submitted, accepted, ended and undone."""
