"""Starts and resumes workflows."""
