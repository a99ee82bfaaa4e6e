"""Sets up what holds for every tier: tests of code judge by frozen policies."""

from tests.policies import freeze

freeze()
