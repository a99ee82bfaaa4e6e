"""Reads which lines of a Shopify order belong together.

A bundle is a line item group: its components name it in `sales_line_item_group_id` (webhooks since 2025-01), and the
order describes it in `line_item_groups` with title, quantity and variant (GraphQL Admin API: LineItemGroup). It is no
line and has no price, so it becomes a line of ours that heads its components. A shop may describe it nowhere: then it
is as many bundles as the quantities of its components have in common.

A nested line, such as a warranty, names the line that it was added to (`parent_line_item_id`, or `parent` with its id;
"Nested cart lines"). It goes with it, and may go alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import gcd

from shared.adapters.channels.reading.bounds import MAX_OBJECTS, MAX_TITLE
from shared.adapters.channels.reading.groups import with_parents
from shared.adapters.channels.reading.payload import Fields
from shared.adapters.channels.shopify.fields import id_of
from shared.adapters.channels.shopify.lines import is_tip
from shared.domain.intake.new_order import NewLine
from shared.domain.order.line import HEADING


def with_groups(order: Fields, lines: Sequence[NewLine]) -> tuple[NewLine, ...]:
    """Returns the lines, each bundle's behind a line that heads it.

    Raises:
        Refusal: `too-many-lines`, if there are more lines together with those than an order may have.
    """
    items = [item for item in order.objects("line_items") if not is_tip(item)]
    members: dict[str, list[NewLine]] = {}
    parents: dict[str, str] = {}
    for item, line in zip(items, lines, strict=True):
        if group := _group_of(item):
            members.setdefault(group, []).append(line)
            parents[str(line.line_id)] = _heading_id(group)
    exact = {item.id("id"): id_of(item) for item in items}  # a plain id may be rounded where another line names it
    nested = {id_of(item): exact.get(parent, parent) for item in items if (parent := _parent_of(item))}
    accessories = {line_id: parent for line_id, parent in nested.items() if line_id not in parents}
    described = {id_of(each): each for each in order.objects("line_item_groups")}
    headings = {
        str(found[0].line_id): _heading(group, found, described.get(group, Fields({})))
        for group, found in members.items()
    }
    if len(lines) + len(headings) > MAX_OBJECTS:
        words = f"With the bundles that they are of, there are more than {MAX_OBJECTS:,} lines."
        raise order.refusal("too-many-lines", words, "line_items")
    return with_parents(_behind(headings, lines), {**accessories, **parents}, accessories)


def _group_of(item: Fields) -> str | None:
    group = item.object("line_item_group") if not item.has("sales_line_item_group_id") else None
    return id_of(group) if group else item.id_or_none("sales_line_item_group_id")


def _parent_of(item: Fields) -> str | None:
    parent = item.object("parent") if not item.has("parent_line_item_id") else None
    return id_of(parent) if parent else item.id_or_none("parent_line_item_id")


def _heading_id(group: str) -> str:
    return f"group:{group}"


def _behind(headings: Mapping[str, NewLine], lines: Iterable[NewLine]) -> list[NewLine]:
    found: list[NewLine] = []
    for line in lines:
        found += [headings[str(line.line_id)], line] if str(line.line_id) in headings else [line]
    return found


def _heading(group: str, members: Sequence[NewLine], described: Fields) -> NewLine:
    ordered = described.count("quantity") if described.has("quantity") else 0
    ordered = ordered or gcd(*(line.quantity + line.cancelled_quantity for line in members))
    left = max(_bundles_left(line, ordered) for line in members)
    variant = described.id_or_none("variant_id")
    return NewLine(
        line_id=_heading_id(group),
        sku=described.text_or_none("variant_sku") or (f"shopify:{variant}" if variant else f"shopify:group:{group}"),
        title=described.text_or_none("title", MAX_TITLE) or "",
        quantity=left,
        cancelled_quantity=ordered - left,
        unit_price=0,
        constraints=(HEADING,),
    )


def _bundles_left(line: NewLine, bundles: int) -> int:
    """Returns how many bundles the line's units still make, the last one perhaps in part."""
    ordered = line.quantity + line.cancelled_quantity
    return -(-line.quantity * bundles // ordered) if ordered else 0
