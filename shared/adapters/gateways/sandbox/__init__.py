"""Connects to the sandbox gateway of the local run."""
