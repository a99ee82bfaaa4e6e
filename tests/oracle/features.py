"""Switches what the random histories may hold. A feature is off while the code does not do what the design says of
it."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Features:
    """Switches features: one is on once its kind is mended (the kinds of "Right to the cent in orders as they really
    are")."""

    growing_percentages: bool = True
    """Kind 2: what is beyond the agreed takes part in percentages by their percent, not by what they came to."""
    moves_tax_only: bool = True
    """Kind 2: a move leaves prices and discounts as they were agreed, also those of units that are gone for now."""
    cut_coupons: bool = True
    """Kind 2: where a low price cuts a coupon, fewer units bear their share of the tax charged, and more add theirs."""
    fees_of_what_was_paid: bool = True
    """Kind 7: a restocking fee is a part of what would come back, and what was waived never comes back."""
    seats_beside_discounts: bool = True
    """Kind 5: units that joined a running subscription bear no fixed discount and no tax charged before they joined."""
    late_undo: bool = True
    """Kind 5: where a subscription stopped and goes on by a later undo, the days between are not charged."""


TODAY = Features()
EVERYTHING = Features(**{each.name: True for each in fields(Features)})
