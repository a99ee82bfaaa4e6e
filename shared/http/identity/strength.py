"""Reads from a token's claims how strongly somebody has proved their identity."""

from collections.abc import Mapping
from typing import Any

_KNOWN, _HELD, _BORN = "known", "held", "born"
FACTORS: Mapping[str, str] = {
    **dict.fromkeys(("pwd", "pin", "kba"), _KNOWN),
    **dict.fromkeys(("otp", "hwk", "swk", "sc", "sms", "tel"), _HELD),
    **dict.fromkeys(("face", "fpt", "iris", "retina", "vbm"), _BORN),
}
"""Maps each method of RFC 8176 §2 to what it proves: something known, held, or inborn."""


def is_strong(claims: Mapping[str, Any], strong_acr: frozenset[str]) -> bool:
    """Returns True if it took more than one factor: `mfa`, or methods of two kinds, or a class that the issuer has for
    it."""
    methods = claims.get("amr")
    named = {method for method in methods if isinstance(method, str)} if isinstance(methods, list) else set()
    factors = {FACTORS[method] for method in named if method in FACTORS}
    return "mfa" in named or len(factors) > 1 or str(claims.get("acr")) in strong_acr
