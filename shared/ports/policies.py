"""Declares the port to policy: the documents in force, and every version of each."""

from collections.abc import Sequence
from typing import Protocol

from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.registry import PolicyName
from shared.domain.policy.policy import Policy
from shared.domain.policy.versions import PolicyVersion, Register
from shared.ports.requests import RequestRecord


class Policies(Protocol):
    def current(self) -> Policy:
        """Returns the policy in force, as far as this process knows: a new version is noticed within a minute."""

    def fresh(self) -> Policy:
        """Returns the policy in force this moment, by one more read, for deadlines that lapse without a request."""


class UnreadablePolicy(ValueError):
    """Says that a document does not fit its type (any more)."""


class PolicyHistory(Protocol):
    """Keeps every version of every document, and how they stand now."""

    def register(self) -> Register:
        """Returns how all documents stand, in one strongly consistent read."""

    def version(self, name: PolicyName, version: int) -> PolicyVersion | None:
        """Returns a version; 1 is the document as it ships."""

    def versions(self, name: PolicyName, below: int | None, limit: int) -> Sequence[PolicyVersion]:
        """Returns versions, newest first; only those numbered below `below`."""

    def write(
        self, register: Register, before: PolicyVersion | None, after: PolicyVersion, record: RequestRecord | None
    ) -> None:
        """Keeps a version, `before` as it was read or None if it is new, together with the register that includes it.

        Raises:
            Conflict: the version or the register is no longer as it was read, or the decider is who proposed it.
            RequestKnown: the request of `record` has been answered before.
            Refusal: `policy-too-large`.
        """

    def read(self, name: PolicyName, text: str | None) -> Document:
        """Returns the document of a JSON text; without one, as it was shipped.

        Raises:
            UnreadablePolicy
        """
