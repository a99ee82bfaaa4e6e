"""Answers GET of orders, versions, logs, assets and changes."""

from aws_lambda_powertools.event_handler import Response

from shared import bootstrap
from shared.domain.refusal import Refusal
from shared.http.door.answers import shown
from shared.http.door.audiences import ALL_FIELDS
from shared.http.door.pages import paged, sliced
from shared.http.door.resolver import current, resolver, serve
from shared.http.door.version_numbers import version_number
from shared.http.parts.listing import EntriesQuery
from shared.http.parts.view import Json
from shared.http.resources.asset.view import asset_view
from shared.http.resources.change.request import ChangesQuery, PlanPartQuery
from shared.http.resources.change.view import change_view, change_view_in_list
from shared.http.resources.history.request import LogQuery
from shared.http.resources.history.view import entry_view, verification_view, version_view, version_view_in_list
from shared.http.resources.order.request import OrdersQuery
from shared.http.resources.order.view import order_view, order_view_in_list, summary_view
from shared.http.resources.plan.audience import CUSTOMERS_PAGES
from shared.http.resources.plan.view import PAGED, whole_plan_view
from shared.ports.paging import Filter
from shared.usecases.core.access import read_change, read_order
from shared.usecases.fulfilling.activate_order import read_assets
from shared.usecases.reading.read_history import list_versions, read_log, read_version

app = resolver(lambda: bootstrap.services())


@app.get("/orders")
def list_orders() -> Response[str]:
    call = current(app)
    wanted, orders = call.parameters(OrdersQuery).to_filter(call.principal), bootstrap.services().orders
    if wanted and "q" in wanted.values:
        return paged(call, bootstrap.cursor_key, wanted, orders.find, summary_view)
    return paged(call, bootstrap.cursor_key, wanted, lambda page: orders.listed(page, order_view_in_list), as_it_is)


@app.get("/orders/<order_id>")
def show_order(order_id: str) -> Response[str]:
    order = read_order(bootstrap.services().orders, order_id, current(app).principal)
    return shown(order_view(order), order.etag)


@app.get("/orders/<order_id>/versions")
def show_versions(order_id: str) -> Response[str]:
    call = current(app)
    asked = call.parameters(EntriesQuery)
    versions = list_versions(bootstrap.services(), order_id, call.principal)
    wanted, of = Filter(limit=asked.limit, cursor=asked.cursor), {"versions": order_id}
    return sliced(call, bootstrap.cursor_key, wanted, versions, version_view_in_list, of=of)


@app.get("/orders/<order_id>/versions/<version>")
def show_version(order_id: str, version: str) -> Response[str]:
    number, principal = version_number(version), current(app).principal
    return shown(version_view(read_version(bootstrap.services(), order_id, number, principal)))


@app.get("/orders/<order_id>/log")
def show_log(order_id: str) -> Response[str]:
    call = current(app)
    asked = call.parameters(LogQuery)
    entries, verification = read_log(bootstrap.services(), order_id, call.principal, verified=asked.verify)
    wanted, of = Filter(limit=asked.limit, cursor=asked.cursor), {"log": order_id}
    beside = verification_view(verification)
    return sliced(call, bootstrap.cursor_key, wanted, entries, entry_view, of=of, beside=beside)


@app.get("/orders/<order_id>/assets")
def show_assets(order_id: str) -> Response[str]:
    call = current(app)
    asked = call.parameters(EntriesQuery)
    assets = read_assets(bootstrap.services(), order_id, call.principal)
    wanted, of = Filter(limit=asked.limit, cursor=asked.cursor), {"assets": order_id}
    return sliced(call, bootstrap.cursor_key, wanted, assets, asset_view, of=of)


@app.get("/changes")
def list_changes() -> Response[str]:
    call = current(app)
    wanted, changes = call.parameters(ChangesQuery).to_filter(call.principal), bootstrap.services().changes
    return paged(call, bootstrap.cursor_key, wanted, changes.summaries, change_view_in_list)


@app.get("/changes/<change_id>/plan/<part>")
def show_plan_part(change_id: str, part: str) -> Response[str]:
    call = current(app)
    asked = call.parameters(PlanPartQuery)
    plan = read_change(bootstrap.services().changes, change_id, call.principal).plan
    pages = PAGED if call.principal.roles & ALL_FIELDS else CUSTOMERS_PAGES
    if part not in pages:
        raise Refusal("not-found", f"A plan has pages of {', '.join(pages)}.")
    entries, wanted = whole_plan_view(plan).get(part, []), Filter(limit=asked.limit, cursor=asked.cursor)
    return sliced(call, bootstrap.cursor_key, wanted, entries, as_it_is, of={"digest": plan.digest})


@app.get("/changes/<change_id>")
def show_change(change_id: str) -> Response[str]:
    return shown(change_view(read_change(bootstrap.services().changes, change_id, current(app).principal)))


def as_it_is(view: Json) -> Json:
    return view


handler = serve(app)
