"""Defines the list of reason codes for changes, and whose fault each is."""

from dataclasses import dataclass

from shared.domain.order.order import ChangeKind
from shared.domain.policy.documents.document import Document
from shared.domain.policy.subjects import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonCode(Document):
    """A reason, the kinds of change that may name it, and whose fault it is: rules of fees, of shipping and of the
    order's costs can spare the customer what is the merchant's fault.

    `guarded` marks reasons of fraud and of law: only staff gives them, the customer neither ends nor hinders the change
    nor is asked to agree to it or told the reason, and nothing ships while it is open.
    """

    code: str
    title: str
    kinds: tuple[ChangeKind, ...]
    fault: Fault = "nobody"
    guarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons(Document):
    codes: tuple[ReasonCode, ...]

    def find(self, code: str, kind: ChangeKind) -> ReasonCode | None:
        return next((reason for reason in self.codes if reason.code == code and kind in reason.kinds), None)

    def guards(self, code: str) -> bool:
        """Tells if a change for this reason is staff's alone, whatever its kind: also the undo of a cancellation."""
        return any(reason.guarded for reason in self.codes if reason.code == code)

    def fault_of(self, code: str, kind: ChangeKind) -> Fault:
        """Returns whose fault a reason is; nobody's, if the document doesn't list it for this kind of change."""
        found = self.find(code, kind)
        return found.fault if found else "nobody"

    @property
    def lays_fault(self) -> bool:
        """Tells if some reason is somebody's fault, so that money depends on the document."""
        return any(reason.fault != "nobody" for reason in self.codes)

    def known(self, kind: ChangeKind, *, guarded: bool = True) -> tuple[str, ...]:
        """Returns the codes for this kind of change; `guarded`: those too that are staff's alone."""
        return tuple(reason.code for reason in self.codes if kind in reason.kinds and (guarded or not reason.guarded))
