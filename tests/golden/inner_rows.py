"""The other module of this package that names modules of the code: it reads golden rows by today's stores."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python

from shared.adapters.dynamodb import outbox, walks
from shared.adapters.dynamodb.changes import DynamoChanges
from shared.adapters.dynamodb.delegations import DynamoDelegations
from shared.adapters.dynamodb.deliveries import DynamoDeliveries
from shared.adapters.dynamodb.ledgers import DynamoLedgers
from shared.adapters.dynamodb.links import DynamoLinks
from shared.adapters.dynamodb.log import DynamoLog
from shared.adapters.dynamodb.orders import DynamoOrders
from shared.adapters.dynamodb.policies import DynamoPolicyHistory
from shared.adapters.dynamodb.refusals import DynamoRefusals
from shared.adapters.dynamodb.requests import DynamoRequests
from shared.adapters.dynamodb.skus import DynamoSkus
from shared.adapters.dynamodb.stage_moves import Stage
from shared.adapters.dynamodb.staging import StagedStock
from shared.adapters.gateways.store_credit.gateway import StoreCredit
from shared.domain.audit.log import verify
from shared.domain.audit.stock_count import StockCount, Suspect
from shared.domain.change.step import StockMove
from shared.ports.gateways import RefundOrder
from shared.ports.requests import RequestKey
from shared.ports.walks import Walk
from tests.golden.files import Json, wire_of
from tests.support.cloud import TABLES, Cloud

Read = Iterator[tuple[str, Any]]


def plain(value: Any) -> Any:
    """A domain value as JSON: its fields by name, in full; sets as sorted lists."""
    return to_jsonable_python(_sorted(TypeAdapter(Any).dump_python(value)))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_sorted(each) for each in value]
    return sorted(value) if isinstance(value, set | frozenset) else value


# ------------------------------------------------------------------------ rows that no request makes in one go


def tokened(cloud: Cloud) -> None:
    """A refund's task, which waits for a gateway's report."""
    cloud.services().changes.keep_refund_token("chg_0001", "ref_0001", "a-task-token")


def staged(cloud: Cloud) -> None:
    """A large write that a crash has left between its holds and its commit."""
    moves = (StockMove(sku="SOFA", allocated=2), StockMove(sku="LAMP", allocated=1, available=None))
    stage = Stage.of("wri_staged", moves, cloud.clock.now())
    StagedStock(cloud.aws("dynamodb"), TABLES.orders, TABLES.skus).prepare(stage, cloud.clock.now())


def credited(cloud: Cloud) -> None:
    """A refund as store credit."""
    credit = StoreCredit(cloud.aws("dynamodb"), "CreditsTable", cloud.clock)
    values = {"key": "ref-1", "order_id": "ord_1", "change_id": "chg_1", "customer_id": "cus-1", "payment_id": "pay-1"}
    names = {"gateway": "store_credit", "method": "store_credit", "reference": None}
    credit.refund(RefundOrder(**values, **names, amount=1234, captured=5000, returned=0, currency="USD"))  # type: ignore[arg-type]


def walking(cloud: Cloud) -> None:
    """A reconciliation that is half way."""
    walk = Walk(
        walk_id="walk-1", pending=("ord_9",), begun=True, uncounted=1, cursor='{"pk": "x"}',
        counted={"SOFA": StockCount(held=1, allocated=2)}, suspects={"LAMP": Suspect(sku="LAMP", shelf=None)},
    )  # fmt: skip
    walks.keep(cloud.aws("dynamodb"), TABLES.orders, walk, cloud.clock.now())


# ------------------------------------------------------------------------------------------------------------ reading


def read(cloud: Cloud, rows: dict[str, list[Json]]) -> Read:
    """What today's stores read of these rows, by kind and key."""
    for table, reader in _READERS.items():
        for row in rows[table]:
            key = {name: next(iter(value.values())) for name, value in row.items() if name in _KEYS}
            yield from reader(cloud, key, wire_of(row))


def _orders(cloud: Cloud, key: Json, row: Json) -> Read:
    client, pk, sk = cloud.aws("dynamodb"), key["pk"], key["sk"]
    name, orders, kind = pk.partition("#")[2], DynamoOrders(client, TABLES), sk.partition("#")[0]
    if sk == "LIVE#HEAD":
        order, entries = orders.load(name), DynamoLog(client, TABLES.log).entries(name)
        assert order is not None
        assert verify(entries, order.ledger.log_seq, order.ledger.log_hash).verified
        yield f"order {name}", plain(order)
    elif kind == "PAST" and "head" in row:
        version = int(sk.split("#")[1])
        yield f"order {name} version {version}", plain(orders.load_version(name, version))
    elif kind == "OUT":
        yield f"events {name} {sk}", plain(outbox.events_of(row))
    elif sk == "WALK":
        yield f"walk {name}", plain(walks.read(client, TABLES.orders, name))
    elif sk == "STAGE":
        yield f"unfinished {name}", plain(DynamoLedgers(client, TABLES).unfinished()[0])


def _changes(cloud: Cloud, key: Json, row: Json) -> Read:
    client, change, part = cloud.aws("dynamodb"), key["change_id"], key["part"]
    changes = DynamoChanges(client, TABLES.changes, TABLES.skus, TABLES.requests)
    kind, _, rest = part.partition("#")
    readers: dict[str, Callable[[], Any]] = {
        "RECORD": lambda: plain(changes.get(change)),
        "TOKEN": lambda: changes.token(change, int(rest)) if rest.isdigit() else changes.refund_token(change, rest),
        "MAIL": lambda: changes.mailed(change, rest),
        "LINK": lambda: plain(DynamoLinks(client, TABLES.changes).get(change.partition("#")[2])),
    }
    yield f"{kind.lower()} {change} {rest}".strip(), readers[kind]()


def _log(cloud: Cloud, key: Json, row: Json) -> Read:
    entries = DynamoLog(cloud.aws("dynamodb"), TABLES.log).entries(key["order_id"])
    (found,) = [entry for entry in entries if entry.seq == int(key["seq"])]
    yield f"entry {key['order_id']} {key['seq']}", plain(found)


def _skus(cloud: Cloud, key: Json, row: Json) -> Read:
    skus = DynamoSkus(cloud.aws("dynamodb"), TABLES.skus, TABLES.requests)
    yield f"sku {key['sku']}", plain(skus.load([key["sku"]]))


def _requests(cloud: Cloud, key: Json, row: Json) -> Read:
    client, name = cloud.aws("dynamodb"), key["request_key"]
    if name.startswith("TALLY#"):
        skus = DynamoSkus(client, TABLES.skus, TABLES.requests)
        tally = name.partition("#")[2]
        yield name, skus.load([], [tally]).counted[tally].count
    else:
        yield f"request {name}", plain(DynamoRequests(client, TABLES.requests).find(RequestKey(key=name, body_hash="")))


def _deliveries(cloud: Cloud, key: Json, row: Json) -> Read:
    deliveries = DynamoDeliveries(cloud.aws("dynamodb"), "DeliveriesTable")
    yield f"delivery {key['department']} {key['event_id']}", deliveries.seen(key["department"], key["event_id"])


def _credits(cloud: Cloud, key: Json, row: Json) -> Read:
    credit = StoreCredit(cloud.aws("dynamodb"), "CreditsTable", cloud.clock)
    yield f"credit {key['customer_id']}", dict(credit.balance(key["customer_id"]))


def _rules(cloud: Cloud, key: Json, row: Json) -> Read:
    client, name, version = cloud.aws("dynamodb"), key["name"], key["version"]
    history = DynamoPolicyHistory(client, TABLES.rules, TABLES.requests)
    delegations = DynamoDelegations(client, TABLES.rules, TABLES.requests)
    if name == "IN_FORCE":
        yield "register", plain(history.register())
    elif name.startswith("DELEGATED-BY#"):
        yield f"delegations of {name}", plain(delegations.of(name.partition("#")[2]))
    elif name.startswith("DELEGATED-TO#"):
        yield f"delegations to {name}", plain(delegations.to(name.partition("#")[2]))
    else:
        yield f"policy {name} {version}", plain(history.version(name, int(version)))


def _refusals(cloud: Cloud, key: Json, row: Json) -> Read:
    at = datetime.fromisoformat(key["refusal"].partition("#")[0])
    found = DynamoRefusals(cloud.aws("dynamodb"), "RefusalsTable").within(at, at.replace(hour=23), 10)
    yield f"refusals {key['refusal']}", plain(found)


_KEYS = {
    "pk", "sk", "change_id", "part", "order_id", "seq", "sku", "request_key", "department", "event_id", "customer_id",
    "name", "version", "refusal",
}  # fmt: skip
_READERS: dict[str, Callable[[Cloud, Json, Json], Read]] = {
    "OrdersTable": _orders,
    "ChangesTable": _changes,
    "LogTable": _log,
    "SkusTable": _skus,
    "RequestsTable": _requests,
    "DeliveriesTable": _deliveries,
    "CreditsTable": _credits,
    "RulesTable": _rules,
    "RefusalsTable": _refusals,
}
