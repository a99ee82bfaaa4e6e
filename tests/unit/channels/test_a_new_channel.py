"""A channel is one folder: what is laid into it takes orders, and nothing else has to know of it."""

import subprocess
import sys
from collections.abc import Iterator
from inspect import signature
from pathlib import Path
from typing import get_type_hints

import pytest

from shared import bootstrap
from shared.adapters import channels
from shared.domain.intake.new_order import NewOrder
from tests.fakes import World, a_world
from tests.fakes.builders import SERVICE
from tests.unit.http.client import Client

ROOT = Path(__file__).parents[3]
READER = '''"""Orders of the corner shop: a list of a number, a day, and what was bought by whom."""

from datetime import UTC, datetime

from shared.adapters.channels.reading.strict_json import parse
from shared.domain.intake.new_order import NewLine, NewOrder
from shared.domain.order.order import Shipping
from shared.domain.order.party import Customer, Source


def read(raw: bytes) -> NewOrder:
    number, day, customer, sku, quantity, cents = parse(raw)
    return NewOrder(
        channel="corner_shop",
        channel_order_id=number,
        source=Source(type="shop"),
        customer=Customer(customer_id=f"corner_shop:{customer}"),
        currency="USD",
        placed_at=datetime.fromisoformat(day).replace(tzinfo=UTC),
        shipping_address=None,
        lines=(NewLine(line_id="1", sku=sku, title=sku, quantity=quantity, unit_price=cents),),
        shipping=Shipping(),
    )
'''
SENT = ["17", "2026-03-01", "ada", "MUG", 2, 1000]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Client:
    world: World = a_world()
    monkeypatch.setattr(bootstrap, "services", lambda: world.services)
    return Client(SERVICE)


@pytest.fixture
def corner_shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A throw-away folder of channels beside the real one, with one channel in it."""
    (tmp_path / "corner_shop").mkdir()
    (tmp_path / "corner_shop/__init__.py").touch()
    (tmp_path / "corner_shop/reader.py").write_text(READER)
    (tmp_path / "parts_alone").mkdir()
    monkeypatch.setattr(channels, "__path__", [*channels.__path__, str(tmp_path)])
    channels.names.cache_clear()
    yield
    channels.names.cache_clear()
    for name in [each for each in sys.modules if each.startswith("shared.adapters.channels.corner_shop")]:
        del sys.modules[name]


@pytest.mark.usefixtures("corner_shop")
def test_a_folder_with_a_reader_is_a_channel_and_takes_orders(service: Client) -> None:
    reply = service.post("/channels/corner_shop/orders", SENT)

    assert (reply.status, reply.body["channel"], reply.body["totals"]["total"]["amount"]) == (
        201,
        "corner_shop",
        "20.00",
    )
    assert service.post("/channels/corner_shop/orders", SENT).status == 200


@pytest.mark.usefixtures("corner_shop")
def test_a_refusal_names_the_new_channel_too(service: Client) -> None:
    reply = service.post("/channels/parts_alone/orders", SENT)

    assert (reply.status, reply.code) == (404, "unknown-channel")
    assert "corner_shop" in channels.names()
    assert reply.body["detail"].endswith(f"known are {', '.join(channels.names())}.")


@pytest.mark.parametrize("name", ["no_such_folder", "reading", "../shopify", "shopify.lines", "shopify/lines", ""])
def test_what_is_no_folder_with_a_reader_is_no_channel(name: str) -> None:
    assert name not in channels.names()


@pytest.mark.parametrize("channel", channels.names())
def test_every_channel_reads_bytes_into_a_new_order(channel: str) -> None:
    reader = channels.reader_of(channel)

    assert list(signature(reader).parameters) == ["raw"]
    assert get_type_hints(reader) == {"raw": bytes, "return": NewOrder}


def test_a_cold_start_imports_no_reader_and_an_order_only_its_own() -> None:
    code = (
        "import sys, json; from functions.intake import handler; from shared.adapters import channels\n"
        "from tests.unit.channels.shop_orders import a_shopify_order, read_shopify\n"
        "def loaded(): return sorted(each for each in sys.modules if each.endswith('.reader'))\n"
        "print(loaded()); read_shopify(a_shopify_order()); print(loaded())"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)

    assert done.stdout.splitlines() == ["[]", "['shared.adapters.channels.shopify.reader']"]
