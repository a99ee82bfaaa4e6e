"""A new field of a line, an order or a plan counts in every place until somebody says that it does not."""

from typing import Any

import pytest

from tests.support import throwaway_probe
from tests.support.throwaway_copy import found_in_a_copy

IN_LINES = ("Line", "Line.secret", "LineDiscount", "Tax")
IN_ORDERS = (*IN_LINES, "Order", "Order.secret", "Shipping", "Fee", "Address")
IN_PLANS = (
    *IN_LINES, "LineChange", "PlannedRefund", "PlannedFee", "CancelledUnits", "StockDelta", "NeededApproval",
    "NeededConfirmation", "ReducedAuthorisation", "Fee", "ChangePlan", "Shipping", "Address",
)  # fmt: skip
PLACES = {
    "digest": IN_PLANS,
    "departments": IN_ORDERS,
    "hash of the log": ("LogEntry", "FieldChange"),
    "undo": IN_LINES,
    "stored": IN_ORDERS,
    "stored with its change": IN_PLANS,
    "erased": ("Line.secret", "Order.secret", "Customer", "Address"),
}
LOGGED = {
    "Line": "/lines/l1/throwaway",
    "LineDiscount": "/lines/l1/discounts/0/throwaway",
    "Tax": "/lines/l1/taxes/0/throwaway",
    "Order": "/throwaway",
    "Shipping": "/shipping/throwaway",
    "Fee": "/fees/0/throwaway",
}
LOGGED_AS_HASHES = {
    "Line.secret": "/lines/l1/secret",
    "Order.secret": "/secret",
    "Address": "/shipping_address/throwaway",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return found_in_a_copy(tmp_path_factory.mktemp("copy"))


@pytest.mark.parametrize(("place", "name"), [(place, name) for place, names in PLACES.items() for name in names])
def test_a_new_field_counts_in_every_place(found: dict[str, Any], place: str, name: str) -> None:
    assert found[f"{name}: {place}"] is True


@pytest.mark.parametrize("name", LOGGED)
def test_a_new_field_is_logged_under_its_own_path(found: dict[str, Any], name: str) -> None:
    assert found[f"{name}: log"] == [[LOGGED[name], "new"]]


@pytest.mark.parametrize("name", LOGGED_AS_HASHES)
def test_a_new_personal_field_is_logged_as_a_keyed_hash(found: dict[str, Any], name: str) -> None:
    [[path, after]] = found[f"{name}: log"]
    assert (path, after[:5]) == (LOGGED_AS_HASHES[name], "hmac:")


def test_a_new_field_that_is_not_used_leaves_digests_and_hashes_as_they_were(found: dict[str, Any]) -> None:
    assert found["unused"] == throwaway_probe.unused()
