"""What the random histories may hold. A feature is off while the code does not do what the design says of it."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Features:
    """Each is on once its kind is mended (the kinds of "Right to the cent in orders as they really are")."""

    one_pricing_path: bool = False
    """Kind 2: a line is edited again after its price, discount, product or place was; a subscription with discounts or
    taxes is shortened; a percentage grows by its percent, not by what it came to."""
    own_line_totals: bool = False
    """Kind 2: where a line's total is the channel's own, more units cost their unit price; halves are rounded up."""
    equal_percentages: bool = False
    """Kind 2: two equal percentages without a code are two for an added line."""
    tax_included_by_line: bool = False
    """Kind 2: lines with and without included tax stand in one order."""
    shipping_rates: bool = False
    """Kind 1: shipping has tax lines; a move re-taxes it, a price change takes its rate."""
    negative_fees: bool = False
    """Kind 4: deductions with tax share out over what they deduct from."""
    seats_in_mid_term: bool = False
    """Kind 5: units that are added to a running subscription cost the rest of its term."""
    goodwill: bool = False
    """Kind 6: money back without goods carries its tax."""
    settlements: bool = False
    """Kind 7: what is overpaid is given back."""
    exempt_orders: bool = False
    """Kind 8: an edit adds no tax to an exempt order."""


TODAY = Features()
EVERYTHING = Features(**{each.name: True for each in fields(Features)})
