"""The policy in force, as one process remembers it: refreshed with reads that happen anyway, never older than a minute.

A version that was scheduled comes in force by the clock alone: the register says when.
"""

import logging
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from shared.adapters.dynamodb.items import Item, values
from shared.adapters.dynamodb.policies import REGISTER_KEY, register_of
from shared.adapters.dynamodb.stored.kind import Unreadable
from shared.adapters.policy_documents import read_document
from shared.domain.policy.documents.registry import PolicyName
from shared.domain.policy.policy import Policy
from shared.domain.policy.versions import Register
from shared.domain.policy_making.trial import policy_at
from shared.ports.policies import UnreadablePolicy
from shared.ports.system import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DUE_SECONDS = 20
"""From here on, the register is read along with the next read."""

STALE_SECONDS = 50
"""From here on it is read before anything is judged: a new version counts everywhere within a minute."""

logger = logging.getLogger(__name__)


class CachedPolicies:
    """`table` is the rules table. It is a `Companion` of the stores whose reads it goes along with."""

    def __init__(self, client: "DynamoDBClient", table: str, clock: Clock) -> None:
        self.table = table
        self._client = client
        self._clock = clock
        self._register: Register | None = None
        self._read_at: datetime | None = None
        self._policy: Policy | None = None
        self._made_of: object = None

    def current(self) -> Policy:
        """Returns the policy in force now. An unreadable version leaves the last one in force, and is logged.

        Raises:
            UnreadablePolicy, Unreadable: it cannot be read, and nothing is remembered.
        """
        if self._older_than(STALE_SECONDS):
            self._read()
        try:
            return self._at(self._clock.now())
        except UnreadablePolicy as error:
            if self._policy is None:
                raise
            logger.error("policy unreadable, what was in force stays: %s", error)
            return self._policy

    def fresh(self) -> Policy:
        """Reads the register anew, and returns the policy in force."""
        self._read()
        return self.current()

    def _read(self) -> None:
        reply = self._client.get_item(TableName=self.table, Key=REGISTER_KEY, ConsistentRead=True)
        self.take([reply["Item"]] if "Item" in reply else [])

    def wanted(self) -> Sequence[Item]:
        return [REGISTER_KEY] if self._older_than(DUE_SECONDS) else []

    def take(self, rows: Sequence[Item]) -> None:
        """Remember the register as it was just read.

        Raises:
            Unreadable, zlib.error: it cannot be read, and nothing is remembered.
        """
        revision = values(rows[0])["revision"] if rows else 0
        if self._register is None or self._register.revision != revision:
            try:
                self._register = register_of(rows)
            except (Unreadable, zlib.error) as error:
                if self._register is None:
                    raise
                logger.error("register of policies unreadable, the last one stays: %s", error)
        self._read_at = self._clock.now()

    def _older_than(self, seconds: int) -> bool:
        """Also when the clock went back: then nobody knows."""
        if self._read_at is None:
            return True
        return not 0 <= (self._clock.now() - self._read_at).total_seconds() < seconds

    def _at(self, moment: datetime) -> Policy:
        register = self._register or Register()
        made_of: dict[PolicyName, int] = {name: each.version for name, each in register.in_force(moment).items()}
        if self._policy is None or self._made_of != made_of:
            self._policy = policy_at(register, moment, read_document)
            self._made_of = made_of
        return self._policy
