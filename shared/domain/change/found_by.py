"""Says by which words a step lets its order be found that it was not found by before."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from shared.domain.change.change import Change
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.search_words import Kind, Said, looked_up_first, said_of, skus_of, words_by_text


@dataclass(frozen=True, slots=True)
class FoundBy:
    """Holds words that an order is found by, each with whether it says who somebody is, the most telling first; and the
    words `beside` them, with which together they find it."""

    words: Mapping[str, bool] = field(default_factory=dict)
    beside: tuple[str, ...] = ()


NOTHING = FoundBy()


def found_by(step: Step) -> FoundBy:
    """Returns the words that the step brings. The order's other words come with them, so that each stands beside the
    new ones: but where all that is new are numbers that a search of several words looks up first."""
    before, after = step.before, step.after
    skus = before is None or skus_of(before) != skus_of(after)
    was = dict.fromkeys(_said(before, step.change_before, skus=skus))
    fresh = [each for each in _said(after, step.change, skus=skus) if each not in was]
    if not fresh:
        return NOTHING
    everything = words_by_text((*fresh, *said_of(after), *was))
    new = words_by_text(fresh)
    alone = all(kind is Kind.NUMBER and looked_up_first(word) for word, (kind, _) in new.items())
    return _found(new if alone else everything, tuple(everything))


def found_by_all(order: Order, changes: tuple[Change, ...]) -> FoundBy:
    """Returns all words that an order and its changes are found by now."""
    told = dict.fromkeys((*said_of(order), *(each for change in changes for each in _said(None, change, skus=False))))
    words = words_by_text(told)
    return _found(words, tuple(words))


def _found(words: Mapping[str, Said], beside: tuple[str, ...]) -> FoundBy:
    return FoundBy({word: kind.personal for word, (kind, _) in words.items()}, beside)


def _said(order: Order | None, change: Change | None, *, skus: bool) -> Iterator[Said]:
    """Yields what the order says, and of its change the refunds, credit memos and parcels. An order's and a change's
    own ids lead to them by themselves."""
    if change:
        for refund in change.refunds:
            yield Kind.NUMBER, refund.refund_id
            if refund.credit_memo:
                yield Kind.NUMBER, refund.credit_memo
        for given in change.acknowledgements.values():
            if given.tracking:
                yield Kind.NUMBER, given.tracking
    if order:
        yield from said_of(order, skus=skus)
