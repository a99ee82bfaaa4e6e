"""Take an open change further, or end it, after it is read with its order and checked."""

from collections.abc import Callable
from dataclasses import dataclass

from shared.domain.change import transitions
from shared.domain.change.change import Change, asker_of, check_in_time, check_open
from shared.domain.change.states import ChangeStatus
from shared.domain.change.step import Step
from shared.domain.change.step_rights import StepName
from shared.domain.change.tally import tally_keys
from shared.domain.order.order import ChangeKind, Order
from shared.domain.order.product import Catalogue
from shared.domain.refusal import Refusal
from shared.ports.services import Services
from shared.usecases.core.access import check_change, read_order
from shared.usecases.core.etags import check_order_etag
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.step_check import check_step
from shared.usecases.core.transact import transact_step


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAddress:
    """Names a change as a path does, below its order."""

    order_id: str
    change_id: str


def continue_open_change(
    services: Services,
    request: Request[Step],
    address: ChangeAddress,
    name: StepName,
    work: Callable[[Order, Change, Catalogue], Step],
    *,
    kind: ChangeKind = "amendment",
    expired_too: bool = False,
) -> Outcome[Step]:
    """Do `work`, the step of this name, on the order, its open change, and the known products that the change touches.

    Two reads: the order; the change with the products. `expired_too`: also if the change's time is over.

    Raises:
        Refusal: `order-not-found`, `change-not-found`, `change-of-another`, `precondition-required`, `stale-version`,
            `other-kind`, `illegal-transition`, `change-expired`, and what `work` refuses.
    """

    def whole() -> Step:
        order = read_order(services.orders, address.order_id, request.principal)
        skus = order.open_change.skus if order.open_change else ()
        askers = (order.open_change.asker if order.open_change else None, asker_of(request.principal.acting()))
        keys = tally_keys(order, askers, services.clock.now())
        found, known = services.changes.get_with(address.change_id, skus, keys)
        change = check_change(found, address.change_id, request.principal, address.order_id)
        check_step(name, change, request.principal)
        check_order_etag(order, request.if_match)
        if expired_too:
            _check_not_committed(change, kind)
        _check_kind(change, kind)
        check_open(change)
        if not expired_too:
            check_in_time(change, services.clock.now())
        return work(order, change, known)

    return transact_step(services, request, whole)


def end_open_change(
    services: Services, request: Request[Step], address: ChangeAddress, status: ChangeStatus, kind: ChangeKind
) -> Outcome[Step]:
    """End an open change of this kind without effect, in `status`.

    Raises:
        Refusal: as `continue_open_change`, but for `change-expired`.
    """

    def work(order: Order, change: Change, known: Catalogue) -> Step:
        return transitions.closed(order, change, status, request.principal.acting(), services.clock.now())

    name: StepName = "undo" if status is ChangeStatus.UNDONE else "withdraw"
    return continue_open_change(services, request, address, name, work, kind=kind, expired_too=True)


def _check_not_committed(change: Change, kind: ChangeKind) -> None:
    """Refuse a change that is committed, before its kind is checked: a committed cancellation is undone as an amendment
    is."""
    if change.has_taken_effect:
        words = "The change is committed: to undo it, send the digest of the undo's preview."
        raise Refusal("illegal-transition", words, pointer="" if kind == "cancellation" else "/digest")


def _check_kind(change: Change, kind: ChangeKind) -> None:
    if change.kind != kind:
        way = "undo it" if change.kind == "amendment" else "withdraw it"
        raise Refusal("other-kind", f"The change is {_a(change.kind)}, not {_a(kind)}; {way} on its own path.")


def _a(kind: ChangeKind) -> str:
    return f"{'an' if kind[0] in 'ae' else 'a'} {kind}"
