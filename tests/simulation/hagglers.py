"""Staff who try to give away more than they may without anybody's approval: in steps, netted, there and back."""

from typing import Any

from shared.usecases.core.access import Principal
from tests.simulation.clients import Client, accept

Json = dict[str, Any]
WEAK, WEAK_2 = (Principal(id=f"usr-agent-weak-{number}", roles=frozenset({"agent"})) for number in (1, 2))
"""Agents who proved who they are by a password alone: no large refund is theirs to ask for."""


def an_offer(line: Json, price: int, units: int, currency: str = "USD") -> list[Json]:
    """Another price and another number of units of a line, at once."""
    amount = {"amount": f"{price // 100}.{price % 100:02}", "currency": currency}
    return [
        {"op": "set_unit_price", "line_id": line["line_id"], "unit_price": amount},
        {"op": "set_quantity", "line_id": line["line_id"], "quantity": units},
    ]


def _asked(client: Client, order_id: str, how: Any) -> Any:
    found = client.order(order_id)
    lines = [line for line in found[0]["lines"] if line["quantity"]] if found else []
    return accept(client, order_id, found[1], how(client.rng.choice(lines))) if found and lines else None


def net(client: Client, order_id: str) -> None:
    """A price that falls, and as many units more as make up for it; or a price that rises, and fewer units."""

    def offer(line: Json) -> list[Json]:
        price = client.rng.choice((640, 700, 1000, 1150))
        now = round(float(line["unit_price"]["amount"]) * 100)
        return an_offer(line, price, max(1, line["quantity"] * now // price))

    _asked(client, order_id, offer)


def nibble(client: Client, order_id: str) -> None:
    """A small step of the price from where it is, also beyond what policy lets an agent give."""

    def offer(line: Json) -> list[Json]:
        now = round(float(line["unit_price"]["amount"]) * 100)
        return an_offer(line, max(1, now + client.rng.choice((-150, -100, 100))), line["quantity"])[:1]

    _asked(client, order_id, offer)


def slice_off(client: Client, order_id: str) -> None:
    """Some units less."""
    _asked(client, order_id, lambda line: an_offer(line, 1, max(1, line["quantity"] - client.rng.randint(5, 40)))[1:])


def change_money(client: Client, order_id: str) -> None:
    """A price in another currency, where a figure means less: it is never taken."""
    reply = _asked(client, order_id, lambda line: an_offer(line, 900, line["quantity"], "JPY")[:1])
    assert reply is None or reply.status >= 400, reply
