"""Which gateways there are: those configured, each made when first needed; secrets are read then, and not logged."""

import subprocess
import sys

import pytest
from botocore.exceptions import ClientError

from shared import bootstrap
from shared.adapters.gateways import KnownGateways
from shared.adapters.gateways.common.units import ADYEN, STRIPE, ours, theirs
from shared.adapters.gateways.manual.gateway import ManualGateway
from shared.adapters.secrets import KEPT_SECONDS, Secret
from shared.ports.gateways import GatewayDeclined, GatewayUnavailable
from tests.support.template import ROOT
from tests.unit.gateways.orders import a_refund, a_release


class Store:
    def __init__(self) -> None:
        self.reads = 0

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 (AWS's own name)
        self.reads += 1
        return {"SecretString": f'{{"api_key": "{SecretId}-{self.reads}"}}'}


def test_a_gateway_is_made_once_when_it_is_first_needed() -> None:
    made: list[ManualGateway] = []

    def make() -> ManualGateway:
        made.append(ManualGateway())
        return made[-1]

    known = KnownGateways({"manual": make})
    assert made == []
    assert known.by_name("manual") is known.by_name("manual")
    assert len(made) == 1


def test_an_unconnected_gateway_says_what_an_operator_can_do() -> None:
    with pytest.raises(GatewayDeclined, match="refund it by hand"):
        KnownGateways({}).by_name("stripe")


def test_only_what_is_configured_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SANDBOX_GATEWAY_URL", "STRIPE_SECRET_ARN", "ADYEN_SECRET_ARN", "CREDITS_TABLE"):
        monkeypatch.setenv(variable, "")
    gateways, readers = bootstrap.gateways.__wrapped__(), bootstrap.callback_readers.__wrapped__()
    for gateway in ("sandbox", "stripe", "adyen", "store_credit"):
        with pytest.raises(GatewayDeclined):
            gateways.by_name(gateway)
    assert isinstance(gateways.by_name("manual"), ManualGateway)
    assert isinstance(gateways.by_name("bank_transfer"), ManualGateway)
    assert readers == {}


def test_each_setting_connects_its_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("SANDBOX_CALLBACK_SECRET", "STRIPE_SECRET_ARN", "ADYEN_SECRET_ARN", "SANDBOX_GATEWAY_URL"):
        monkeypatch.setenv(variable, "http://localhost")
    gateways = bootstrap.gateways.__wrapped__()
    made = [type(gateways.by_name(name)).__name__ for name in ("sandbox", "stripe", "adyen")]
    assert made == ["SandboxGateway", "StripeGateway", "AdyenGateway"]
    assert set(bootstrap.callback_readers.__wrapped__()) == {"sandbox", "stripe", "adyen"}


def test_no_sdk_is_loaded_before_its_gateway_is_needed() -> None:
    loaded = "functions.refund.handler, functions.callback.handler, functions.collect.handler"
    code = f"import {loaded}, sys; print({{'stripe', 'Adyen'}} & {{*sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_secret_is_read_when_needed_kept_a_while_and_never_shown() -> None:
    store, now = Store(), [0.0]
    secret = Secret(lambda: store, "arn", lambda: now[0])
    assert store.reads == 0
    assert (secret["api_key"], secret["api_key"], store.reads) == ("arn-1", "arn-1", 1)
    now[0] = KEPT_SECONDS + 1
    assert secret["api_key"] == "arn-2"
    assert secret.get("hmac_key") is None
    assert "arn" not in repr(secret)


def test_a_secret_that_cannot_be_read_is_asked_for_again_later() -> None:
    class Away:
        def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 (AWS's own name)
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, SecretId)

    with pytest.raises(GatewayUnavailable, match="credentials"):
        Secret(Away, "arn")["api_key"]


def test_a_person_is_asked_as_often_as_you_like_and_reports_later() -> None:
    by_hand = ManualGateway()
    assert by_hand.find(a_refund()) is None
    assert by_hand.refund(a_refund()) == by_hand.refund(a_refund())
    assert by_hand.refund(a_refund()).status == by_hand.release(a_release(0)).status == "pending"


@pytest.mark.parametrize(
    ("decimals", "currency", "minor", "units"),
    [
        (STRIPE, "USD", 1234, 1234),
        (STRIPE, "KWD", 1234, 1234),
        (STRIPE, "UGX", 12, 1200),
        (STRIPE, "MGA", 1200, 12),
        (ADYEN, "CLP", 12, 1200),
        (ADYEN, "IDR", 1200, 12),
    ],
)
def test_a_gateways_units_are_ours_but_for_its_own_exceptions(
    decimals: dict, currency: str, minor: int, units: int
) -> None:
    assert (theirs(minor, currency, decimals), ours(units, currency, decimals)) == (units, minor)


def test_an_amount_finer_than_the_gateway_counts_is_declined() -> None:
    with pytest.raises(GatewayDeclined, match=r"12\.01 MGA"):
        theirs(1201, "MGA", STRIPE)
    assert ours(1201, "UGX", STRIPE) is None
