"""The sandbox gateway of the local run."""
