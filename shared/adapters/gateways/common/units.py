"""Converts amounts into gateways' units: mostly our own minor units (ISO 4217), but not in every currency."""

from collections.abc import Mapping

from shared.domain import money
from shared.domain.refusal import Refusal
from shared.ports.gateways import GatewayDeclined

Decimals = Mapping[str, int]
"""Currencies whose decimals at a gateway differ from ISO 4217, with their number there."""

STRIPE: Decimals = {"ISK": 2, "UGX": 2, "MGA": 0}
"""Stripe documentation, "Supported currencies", "Special cases"."""

ADYEN: Decimals = {"CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2}
"""Adyen documentation, "Currency codes and minor units"."""


def theirs(amount: int, currency: str, decimals: Decimals) -> int:
    """Returns our minor units in the gateway's units.

    Raises:
        GatewayDeclined: the amount has more decimals than the gateway counts.
    """
    shift = decimals.get(currency, money.exponent(currency)) - money.exponent(currency)
    whole, rest = _shifted(amount, shift)
    if rest:
        raise GatewayDeclined(f"{money.text(amount, currency)} {currency} is too fine for this gateway")
    return whole


def ours(value: int, currency: str, decimals: Decimals) -> int | None:
    """Returns the gateway's units in our minor units; None if they cannot be one of our amounts."""
    shift = money.exponent(currency) - decimals.get(currency, money.exponent(currency))
    whole, rest = _shifted(value, shift)
    return None if rest else whole


def told(value: object, currency: str, decimals: Decimals) -> int | None:
    """Returns what a gateway tells in its units, in our minor units; None if that is no amount that can be read."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        return ours(value, currency, decimals)
    except Refusal:  # no currency of ours
        return None


def _shifted(amount: int, shift: int) -> tuple[int, int]:
    """Returns the amount times ten to the power of `shift`, and the remainder."""
    factor: int = 10 ** abs(shift)
    return (amount * factor, 0) if shift >= 0 else divmod(amount, factor)
