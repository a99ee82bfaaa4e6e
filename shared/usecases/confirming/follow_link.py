"""Follow the link of a letter to the terms that it was sent for. Looking changes nothing."""

from datetime import datetime

from shared.domain.canonical import sha256
from shared.domain.change.change import Change
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.mail import Link, Links
from shared.ports.services import Services
from shared.usecases.core.access import Principal


def whoever_holds(token: str) -> Principal:
    """Return the holder of a link, who is known by it alone and has no role."""
    return Principal(id=f"link-{token_hash(token)[:16]}", roles=frozenset())


def token_hash(token: str) -> str:
    """Return the hash that is kept of a link's token, so that a reader of the table cannot confirm."""
    return sha256(token)


def read_terms(services: Services, links: Links, token: str) -> tuple[Change, Order]:
    """Return the change behind a link, and its order as it is; nothing changes by looking, so a prefetched link is
    unused.

    Raises:
        Refusal: `link-not-found`, `link-expired`.
    """
    link = live_link(links, token, services.clock.now())
    return change_behind(services, link), order_behind(services, link)


def known_link(links: Links, token: str) -> Link:
    """Return the link of this token.

    Raises:
        Refusal: `link-not-found`.
    """
    link = links.get(token_hash(token))
    if link is None:
        raise Refusal("link-not-found", "This link is not known.")
    return link


def live_link(links: Links, token: str, now: datetime) -> Link:
    """Return the link of this token, if its time is not over.

    Raises:
        Refusal: `link-not-found`, `link-expired`.
    """
    link = known_link(links, token)
    if now >= link.expires_at:
        raise link_expired()
    return link


def link_expired() -> Refusal:
    return Refusal("link-expired", "This link has expired; nothing was changed.")


def change_behind(services: Services, link: Link) -> Change:
    change = services.changes.get(link.change_id)
    if change is None:
        raise Refusal("link-not-found", "This link is not known.")
    return change


def order_behind(services: Services, link: Link) -> Order:
    order = services.orders.load(link.order_id)
    if order is None:
        raise Refusal("link-not-found", "This link is not known.")
    return order
