"""Versions of policy documents in memory, kept under the same conditions as in the rules table."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from shared.adapters.policy_documents import read_document, shipped_version
from shared.domain.policy.documents.document import Document
from shared.domain.policy.documents.registry import SHIPPED, PolicyName
from shared.domain.policy.versions import PolicyVersion, Register
from shared.ports.requests import RequestKnown, RequestRecord
from shared.ports.stores import Conflict

if TYPE_CHECKING:
    from tests.fakes.world import Memory


class PolicyHistory:
    """`before_write` runs once, before the next write: how a test lets somebody else be faster."""

    def __init__(self, memory: "Memory") -> None:
        self._memory = memory
        self.before_write: Callable[[], object] | None = None

    @property
    def kept(self) -> dict[tuple[PolicyName, int], PolicyVersion]:
        return self._memory.policies

    def register(self) -> Register:
        return self._memory.register

    def version(self, name: PolicyName, version: int) -> PolicyVersion | None:
        return shipped_version(name) if version == SHIPPED else self.kept.get((name, version))

    def versions(self, name: PolicyName, below: int | None, limit: int) -> Sequence[PolicyVersion]:
        own = [each for (of, _), each in self.kept.items() if of == name]
        found = sorted([*own, shipped_version(name)], key=lambda each: -each.version)
        return [each for each in found if below is None or each.version < below][:limit]

    def write(
        self, register: Register, before: PolicyVersion | None, after: PolicyVersion, record: RequestRecord | None
    ) -> None:
        if self.before_write:
            meanwhile, self.before_write = self.before_write, None
            meanwhile()
        if record and record.request.key in self._memory.requests:
            raise RequestKnown
        if self.kept.get((after.name, after.version)) != before or self._memory.register.revision != register.revision:
            raise Conflict("register", lost=True)
        if before and after.status != "withdrawn" and before.by == after.decided_by:
            raise Conflict("version", lost=True)
        self.kept[after.name, after.version] = after
        self._memory.register = register.including(after, after.written_at)
        if record:
            self._memory.requests[record.request.key] = record

    def read(self, name: PolicyName, text: str | None) -> Document:
        return read_document(name, text)
