"""Declares the port to the store of delegations, which knows the stand-ins of each approver."""

from collections.abc import Sequence
from typing import Protocol

from shared.domain.change.delegation import Delegation
from shared.ports.requests import RequestRecord


class Delegations(Protocol):
    def to(self, user: str) -> Sequence[Delegation]:
        """Returns everything that others have delegated to this user, also what is over or still to come."""

    def of(self, user: str) -> Sequence[Delegation]:
        """Returns everything that this user has delegated to others."""

    def put(self, delegation: Delegation, record: RequestRecord | None = None) -> None:
        """Keeps a delegation: one for each role and its user; a new one replaces it.

        Raises:
            Conflict: it was replaced meanwhile.
            RequestKnown: the request of `record` has been answered before.
        """

    def remove(self, user: str, role: str, record: RequestRecord | None = None) -> None:
        """Ends this user's delegation of a role; there need not be one.

        Raises:
            Conflict: it was replaced meanwhile.
            RequestKnown: the request of `record` has been answered before.
        """
