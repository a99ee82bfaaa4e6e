"""Policies that tests of code judge by: documents frozen as they once shipped.

A business changes the numbers in `shared/policies` when it likes, and no test of code turns red: only
`tests/unit/policies` reads the documents that ship. Change a document here when a test of code needs another rule.
"""

from pathlib import Path

from shared.adapters import policy_file

FOLDER = Path(__file__).parent


def freeze() -> None:
    """Lets every reader of shipped documents in this process find the frozen ones."""
    policy_file.FOLDER = FOLDER
    policy_file.shipped_documents.cache_clear()
    policy_file.shipped.cache_clear()
