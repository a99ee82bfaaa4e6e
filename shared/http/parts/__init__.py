"""The parts that requests, replies and views are made of."""
