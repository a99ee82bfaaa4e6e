"""Compare one order with its own books: look twice before anything is reported, and repair where that is safe."""

import logging
from dataclasses import dataclass, replace
from typing import NamedTuple

from shared.domain.audit.reconciliation import Books, Difference, book_differences
from shared.domain.audit.stock_count import StockCount, stock_counts
from shared.domain.order.order import Ledger
from shared.ports.stores import Conflict
from shared.ports.walks import Unreadable
from shared.usecases.core.trouble import describe_error
from shared.usecases.reconciling.reconcile_refunds import reconcile_refunds
from shared.usecases.reconciling.reconcile_report import MOMENT_SECONDS, Reconciler, Report
from shared.usecases.reconciling.repairs import repaired

logger = logging.getLogger(__name__)

LOOKS = 3
"""An order that is written between all of them is alive: the next walk looks at it again."""


class Claims(NamedTuple):
    """Holds the units that an order claims of stock, by SKU; not `whole` if something of it could not be read."""

    counted: dict[str, StockCount]
    whole: bool = True


NOTHING, UNKNOWN = Claims({}), Claims({}, whole=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Holds the books as they were, their claims on stock, and the differences; `ledger` rises with every write of the
    order."""

    books: Books | None = None
    claims: Claims = NOTHING
    ledger: Ledger | None = None
    found: tuple[Difference, ...] = ()


def reconcile_order(tools: Reconciler, order_id: str) -> tuple[Report, Claims]:
    """Report disagreements in one order, and its claims on stock."""
    look, report = _twice(tools, order_id), Report(looked_at=1)
    for difference in look.found:
        report.tell([difference], repaired=look.books is not None and repaired(tools, look.books, difference))
    if look.books is not None:
        report.add(reconcile_refunds(tools, look.books))
        report.made_findable += _made_findable(tools, look.books)
    return report, look.claims


def _made_findable(tools: Reconciler, books: Books) -> bool:
    """Return True if search finds the order by more words now. One that is written meanwhile is left to the next
    walk."""
    try:
        return tools.ledgers.make_findable(books) > 0
    except Exception as error:  # noqa: BLE001 (whatever it is, it stops no walk)
        logger.warning("not made findable: %s: %s", books.order.order_id, describe_error(error))
        return False


def claims_of(tools: Reconciler, order_id: str) -> Claims:
    """Read anew what an order claims of stock."""
    try:
        books = tools.ledgers.books(order_id)
        return _claims(books) if books else NOTHING
    except Exception as error:  # noqa: BLE001 (whatever it is, it stops no walk)
        logger.warning("not counted: %s: %s", order_id, describe_error(error))
        return UNKNOWN


def _claims(books: Books) -> Claims:
    return Claims(stock_counts(books), whole=not books.unreadable)


def _twice(tools: Reconciler, order_id: str) -> Look:
    """Look twice, until nothing was written in between: then everything that was read is of one moment, and the
    differences count."""
    before = _look(tools, order_id)
    for _ in range(LOOKS - 1):
        if not before.found:
            return before
        tools.services.clock.pause(MOMENT_SECONDS)
        again = _look(tools, order_id)
        if again.ledger == before.ledger:
            return replace(again, found=tuple(each for each in again.found if each in before.found))
        before = again
    return replace(before, found=())


def _look(tools: Reconciler, order_id: str) -> Look:
    try:
        return _read(tools, tools.ledgers.books(order_id))
    except (Conflict, Unreadable) as error:
        words = f"its rows do not fit together: {error}"
    except Exception as error:  # noqa: BLE001 (whatever it is, it stops no walk)
        words = f"it cannot be looked at: {describe_error(error)}"
    unreadable = Difference(kind="order-unreadable", about=order_id, order_id=order_id, words=words)
    return Look(claims=UNKNOWN, found=(unreadable,))


def _read(tools: Reconciler, books: Books | None) -> Look:
    if books is None:
        return Look()
    anchors = tools.services.anchors
    if anchors.kept:
        books = replace(books, anchors=tuple(anchors.of(books.order.order_id)))
    found = book_differences(books, tools.services.clock.now())
    return Look(books=books, claims=_claims(books), ledger=books.order.ledger, found=found)
