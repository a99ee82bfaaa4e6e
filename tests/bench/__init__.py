"""What one change costs: round trips, capacity, CPU, cold starts. `make bench` prints it as JSON.

Counts hold anywhere; times only compare within one machine and run.
"""
