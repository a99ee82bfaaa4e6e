"""Holds the parts that requests, replies and views of several resources are made of."""
