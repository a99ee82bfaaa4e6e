"""Makes policy versions: the words that conditions may use, the sense that a version must make, and its trial."""
