"""What is remembered of a refused change tells two wishes apart, and keeps nothing personal."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pytest

from shared.domain.fields import erased_as
from shared.domain.order.party import Address
from shared.domain.planning.edits import BY_OP, Edit, Restore
from shared.domain.replay.false_rejects import fingerprint
from tests.support.full import full

FINGERPRINTS = {
    "replace_sku": "e62cb6be928a8636",
    "set_unit_price": "b976cf7642d28b2a",
    "set_discount": "3b86c210e598580b",
    "set_dates": "804f65d30c78e4b9",
    "set_quantity": "4490efcaf7d7d9bb",
    "fit_to_stock": "82a616b8462b9717",
    "cancel_line": "3b3dc220b3077f98",
    "add_line": "221a7f9893249804",
    "set_shipping_address": "4019ed78179e0168",
    "set_shipping_method": "69815883d5d4d0e4",
    "restore": "4bb799c5c7893d0b",
    "cancel_units": "b4cf0d00789f18df",
    "cancel_order": "9a2a0e5ccf8db4ba",
    "credit": "63b8690e363d1bc6",
}
"""Of an edit with every part that it may have: what is stored under these stays comparable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiftNote:
    """What an edit could be, with a personal text, and with an address deep inside."""

    line_id: str
    quantity: int
    text: str = field(default="", metadata=erased_as(""))
    printed_at: tuple[Address | None, ...] = ()
    op: Literal["set_gift_note"] = "set_gift_note"


def an_edit(op: str) -> Edit:
    edit: Any = full(BY_OP[op])
    return replace(edit, lines=()) if isinstance(edit, Restore) else edit  # a new field of a line may move an undo's


@pytest.mark.parametrize("op", FINGERPRINTS)
def test_the_fingerprints_of_the_edits_stay(op: str) -> None:
    assert fingerprint([an_edit(op)]) == FINGERPRINTS[op]


def test_what_is_declared_personal_makes_no_difference() -> None:
    ada: Any = GiftNote(line_id="l1", quantity=1, text="For Ada", printed_at=(full(Address),))
    eve: Any = GiftNote(line_id="l1", quantity=1, text="For Eve")

    assert fingerprint([ada]) == fingerprint([eve])
    assert fingerprint([ada]) != fingerprint([replace(ada, quantity=2)])
