"""Holds the parts that tests of several tiers share."""
