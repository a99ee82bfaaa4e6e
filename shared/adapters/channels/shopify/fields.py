"""Reads the fields that Shopify's objects share: ids, and money in two currencies."""

import re

from shared.adapters.channels.reading.payload import Fields

_GID = re.compile(r"gid://shopify/[A-Za-z]+/(\d{1,40})", re.ASCII)


def id_of(thing: Fields) -> str:
    """Returns the numeric id, from `admin_graphql_api_id` if it is there.

    Ids have outgrown JavaScript's safe integers, and Shopify's own documentation shows `id` rounded ("GraphQL Admin
    API: legacyResourceId"); the GraphQL id is text and cannot lose digits.
    """
    gid = thing.values.get("admin_graphql_api_id")
    match = _GID.fullmatch(gid) if isinstance(gid, str) else None
    return match.group(1) if match else thing.id("id")


def shop_money(thing: Fields, key: str, *, negative: bool = False) -> int:
    """Returns an amount in the shop's currency: `<key>_set.shop_money` if it is there, else `<key>`, else zero.

    An order's top-level amounts are in the shop's currency; the customer's are in `presentment_money` (Shopify REST
    Admin API: Order, "currency" and "presentment_currency"). Refunds write the plain field as a float, the set as text.
    """
    money_set = thing.object(f"{key}_set")
    shop = money_set.object("shop_money") if money_set else None
    return shop.amount("amount", negative=negative) if shop else thing.amount_or_zero(key, negative=negative)
