"""Reads which lines of a WooCommerce order belong together: kits of the extensions Product Bundles and Composite
Products.

Each child names its parent's line in `bundled_by` or `composite_parent`, and each parent lists its children in
`bundled_items` or `composite_children` (WooCommerce, "Product Bundles: REST API Reference" and "Composite Products:
REST API Reference", Orders). Where these fields are missing, their sources in the meta data are read: a child's
`_bundled_by` is its parent's `_bundle_cart_key`, and `_composite_parent` is a `_composite_cart_key`.

A kit in a composite has both: its parts then are under the kit, and the kit is under the composite.
"""

from collections.abc import Iterable, Iterator, Sequence

from shared.adapters.channels.reading.groups import with_parents
from shared.adapters.channels.reading.payload import Fields
from shared.domain.intake.new_order import NewLine

_FIELDS = (("bundled_by", "bundled_items"), ("composite_parent", "composite_children"))
_META = (("_bundled_by", "_bundle_cart_key"), ("_composite_parent", "_composite_cart_key"))
_NOBODY = (None, "", "0", 0, False)
"""How PHP writes that there is no parent; an empty list is one too."""


def grouped(items: Sequence[Fields], lines: Sequence[NewLine]) -> tuple[NewLine, ...]:
    """Returns the lines of an order, the parts of a kit under the line of the kit.

    Raises:
        Refusal: `malformed-field`, if a parent or a child is named by what is no id; `missing-field`, by nothing.
    """
    parents: dict[str, str] = {}
    for child, parent in (*_by_child(items), *_by_parent(items), *_by_meta(items)):
        parents.setdefault(child, parent)
    return with_parents(lines, parents)


def _by_child(items: Iterable[Fields]) -> Iterator[tuple[str, str]]:
    for item in items:
        for key, _ in _FIELDS:
            if not _is_nobody(item.values.get(key)):
                yield item.id("id"), item.id(key)


def _by_parent(items: Iterable[Fields]) -> Iterator[tuple[str, str]]:
    for item in items:
        for _, key in _FIELDS:
            for index, child in enumerate(_listed(item, key)):
                yield Fields({str(index): child}, item.at(key)).id(str(index)), item.id("id")


def _by_meta(items: Sequence[Fields]) -> Iterator[tuple[str, str]]:
    metas = [(item.id("id"), dict(_texts(item))) for item in items]
    for of_parent, own in _META:
        holders = {meta[own]: line_id for line_id, meta in metas if own in meta}
        for line_id, meta in metas:
            if (holder := holders.get(meta.get(of_parent, ""))) is not None:
                yield line_id, holder


def _is_nobody(value: object) -> bool:
    return value == [] or value in _NOBODY


def _listed(item: Fields, key: str) -> list[object]:
    value = item.values.get(key)
    if not value:
        return []
    if not isinstance(value, list):
        raise item.ill_typed(key, "a list of ids")
    return value


def _texts(item: Fields) -> Iterator[tuple[str, str]]:
    """The texts in the meta data, which plug-ins fill with anything: what is no text is none of ours."""
    entries = item.values.get("meta_data")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("key"), str) and isinstance(entry.get("value"), str):
            yield entry["key"], entry["value"]
