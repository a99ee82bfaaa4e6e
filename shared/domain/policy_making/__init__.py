"""The making of a policy version: the words that its conditions may use, the sense that it must make, and its trial."""
