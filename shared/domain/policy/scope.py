"""Tunes rules: a rule may hold for some accounts, products, tiers or channels only, and the most specific rule wins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from shared.domain.policy.documents.document import Document
from shared.domain.policy.subjects import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Only(Document):
    """The scope of a rule. A selector that is left out fits everything; `accounts` are customer ids, `products`
    SKUs."""

    channels: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        """Returns a number that is higher for more specific scopes: account before product, product before tier, tier
        before channel."""
        return 8 * bool(self.accounts) + 4 * bool(self.products) + 2 * bool(self.tiers) + bool(self.channels)

    def admits(self, subject: Subject) -> bool:
        """Tells if the scope includes the order's account, tier and channel; `admits_product` checks the product of
        each line."""
        return (
            (not self.accounts or subject.account in self.accounts)
            and (not self.tiers or subject.tier in self.tiers)
            and (not self.channels or subject.channel in self.channels)
        )

    def admits_product(self, sku: str | None) -> bool:
        return not self.products or sku in self.products

    def meets(self, other: "Only") -> bool:
        """Tells if both scopes are equally specific and have a case in common."""
        return self.rank == other.rank and all(
            not mine or set(mine) & set(theirs)
            for mine, theirs in (
                (self.channels, other.channels),
                (self.tiers, other.tiers),
                (self.products, other.products),
                (self.accounts, other.accounts),
            )
        )

    def covers(self, other: "Only") -> bool:
        """Tells if this scope includes everything that `other` includes."""
        return all(
            not mine or (theirs and set(mine) >= set(theirs))
            for mine, theirs in (
                (self.channels, other.channels),
                (self.tiers, other.tiers),
                (self.products, other.products),
                (self.accounts, other.accounts),
            )
        )


EVERYWHERE = Only()


class Scoped(Protocol):
    @property
    def only(self) -> Only: ...


R = TypeVar("R", bound=Scoped)


def by_rank(rules: Iterable[R], subject: Subject) -> Sequence[R]:
    """Returns the rules that hold for this subject, the most specific first; equals stay in the document's order."""
    return sorted((rule for rule in rules if rule.only.admits(subject)), key=lambda rule: -rule.only.rank)


def most_specific(rules: Iterable[R], subject: Subject, sku: str | None = None) -> R | None:
    """Returns the rule that decides for this subject (and this product); None if none holds."""
    return next((rule for rule in by_rank(rules, subject) if rule.only.admits_product(sku)), None)
