"""What use cases ask of the world, as protocols: adapters implement them, tests fake them, bootstrap.py joins them."""
