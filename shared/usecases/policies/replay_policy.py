"""Replay past changes: compare each decision under a draft of a policy document with the one under policy in force, and
the cost.

Each change is planned twice, on its order as it was, by its own role and reason and at its own time: under the policy
in force, and under the same policy with the draft in it. Nothing is written.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from shared.domain.change.change import Change
from shared.domain.order.order import ChangeKind, Order
from shared.domain.planning.affected_skus import touched_skus
from shared.domain.policy.documents.registry import PolicyName
from shared.domain.replay.compare_outcomes import Compared
from shared.ports.policies import PolicyHistory
from shared.ports.services import Services
from shared.usecases.policies.drafting import Draft, Drafted, drafted
from shared.usecases.policies.judge_past_change import judged_twice, order_as_found
from shared.usecases.policies.products_once import ProductsOnce
from shared.usecases.reports.past_changes import Span, cursor_at, newest_first, place_of

CHUNK = 50
"""Changes whose products are read together."""

TIME = timedelta(seconds=20)
"""Ends a page, whatever `limit` says, so that a caller hears within the gateway's 29 seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Describes a replay as it is asked for: a draft, and the changes that it is tried on, `limit` of them at most."""

    draft: Draft
    since: datetime | None = None
    until: datetime | None = None
    kinds: tuple[ChangeKind, ...] = ()
    limit: int = 500
    cursor: str | None = None


@dataclass(slots=True, kw_only=True)
class Replayed:
    """Holds the changes that were judged, newest first, and the reasons why others could not be. It covers everything
    created from `since` on and before `until`; `cursor` leads to older changes, if there are any."""

    name: PolicyName
    since: datetime
    until: datetime
    compared: list[Compared] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)
    cursor: str | None = None

    @property
    def looked_at(self) -> int:
        return len(self.compared) + self.skipped.total()


def replay_policy(services: Services, history: PolicyHistory, asked: Replay) -> Replayed:
    """Judge the changes of a period anew under the draft.

    Raises:
        Refusal: `unknown-version`, `version-outgrown`, what makes no sense in the draft (`validation.problems`),
            `end-before-start`, `malformed-cursor`.
    """
    now = services.clock.now()
    policies = drafted(history, asked.draft, now)
    span = Span(since=asked.since, until=asked.until, after=place_of(asked.cursor) if asked.cursor else None)
    until = span.after[0] if span.after else asked.until or now
    found = Replayed(name=asked.draft.name, since=asked.since or until, until=until)
    _fill(services, found, asked, newest_first(services.changes, span), policies)
    return found


def _fill(services: Services, found: Replayed, asked: Replay, past: Iterator[Change], policies: Drafted) -> None:
    """Judge changes until as many are judged as were asked for, or the time is over."""
    products, began = ProductsOnce(services.skus), services.clock.now()
    while chunk := list(islice(past, CHUNK)):
        mine = [change for change in chunk if not asked.kinds or change.kind in asked.kinds]
        taken = mine[: asked.limit - found.looked_at]
        _judge(services, found, taken, products, policies)
        last = chunk[-1] if taken == mine else taken[-1]
        if asked.since is None:
            found.since = last.created_at
        if found.looked_at == asked.limit or services.clock.now() - began >= TIME:
            if last is not chunk[-1] or next(past, None) is not None:
                found.since, found.cursor = last.created_at, cursor_at(last)
            return


def _judge(
    services: Services, found: Replayed, changes: Iterable[Change], products: ProductsOnce, policies: Drafted
) -> None:
    """Judge those changes that can be judged, and count why the others cannot."""
    orders: list[tuple[Change, Order]] = []
    for change in changes:
        order = order_as_found(services, change)
        if isinstance(order, str):
            found.skipped[order] += 1
        else:
            orders.append((change, order))
    products.learn(sku for change, order in orders for sku in touched_skus(order, change.edits))
    found.compared += [judged_twice(change, order, products.known, policies) for change, order in orders]
