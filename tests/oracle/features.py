"""Switches what the random histories may hold. A feature is off while the code does not do what the design says of
it."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Features:
    """Switches features: one is on once its kind is mended (the kinds of "Right to the cent in orders as they really
    are")."""

    growing_percentages: bool = False
    """Kind 2: what is beyond the agreed takes part in percentages by their percent, not by what they came to."""
    moves_tax_only: bool = False
    """Kind 2: a move leaves prices and discounts as they were agreed, also those of units that are gone for now."""
    cut_coupons: bool = False
    """Kind 2: where a low price cuts a coupon, fewer units bear their share of the tax charged, and more add theirs."""
    untouched_shipping: bool = False
    """Kind 1: shipping that follows the goods stays while the goods do, whoever touches a line or moves the order."""
    kept_spared: bool = False
    """Kind 9: goods that went by the merchant's fault still count for free shipping after others came and went."""
    percentages_in_order: bool = False
    """Kind 2: an added line takes part in the percentages one after the other, as the order has them."""
    fees_of_what_was_paid: bool = False
    """Kind 7: a restocking fee is a part of what would come back, and what was waived never comes back."""
    fees_of_our_fault: bool = False
    """Kind 4: a cancellation by the merchant's fault makes up for no fee that an earlier one could not take."""
    seats_beside_discounts: bool = False
    """Kind 5: units that joined a running subscription bear no fixed discount and no tax charged before they joined."""
    late_undo: bool = False
    """Kind 5: where a subscription stopped and goes on by a later undo, the days between are not charged."""
    goodwill_on_adjusted_totals: bool = False
    """Kind 6: goodwill on a line whose total is the channel's own leaves nothing to pay if all was given back."""


TODAY = Features()
EVERYTHING = Features(**{each.name: True for each in fields(Features)})
