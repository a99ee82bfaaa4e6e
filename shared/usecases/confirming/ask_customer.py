"""Write the letters of the confirmation machine: ask the customer, and remind them. `lapse_confirmation.py` decides
when, `customer_answer.py` takes the decision."""

from dataclasses import dataclass
from typing import Literal

from shared.domain.canonical import sha256
from shared.domain.change.change import Change
from shared.domain.change.states import ChangeStatus
from shared.domain.order.order import Order
from shared.domain.refusal import Refusal
from shared.ports.mail import Letter, Link, Links, Mail
from shared.ports.services import Services
from shared.ports.workflows import Workflows
from shared.wording import letters

Asking = Literal["ask", "remind"]
_ENDINGS = {ChangeStatus.DECLINED: "declined", ChangeStatus.EXPIRED: "expired"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingExecution:
    """Names an execution that waits for the customer in one round of a change, and the token that lets it go on."""

    change_id: str
    round: int
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Holds the means by which letters go out. Their links lead to `base_url`, which has no slash at its end."""

    mail: Mail
    links: Links
    base_url: str


def ask_customer(services: Services, workflows: Workflows, post: Post, wait: WaitingExecution) -> None:
    """Let the execution wait, and write to the customer; or answer it at once if nobody is waited for any more.

    Safe to run again: the newest token is the one kept, and a letter that went out is not sent again. A customer
    without an address gets none, and can still answer in the portal.

    Raises:
        MailFailed: nothing was sent; asking again is safe.
        Refusal: `change-not-found`.
    """
    _ask(services, workflows, post, wait, "ask")


def remind_customer(services: Services, workflows: Workflows, post: Post, wait: WaitingExecution) -> None:
    """Ask once more: an execution whose time is up has a new token, and the letter a new link.

    Raises:
        MailFailed, Refusal: as `ask_customer`.
    """
    _ask(services, workflows, post, wait, "remind")


def _ask(services: Services, workflows: Workflows, post: Post, wait: WaitingExecution, asking: Asking) -> None:
    waits = services.changes.keep_token(wait.change_id, wait.round, wait.token)
    change = services.changes.get(wait.change_id)
    if change is None:
        raise Refusal("change-not-found", f"There is no change {wait.change_id}.")
    if waits:
        _write(services, post, change, wait, asking)
    else:
        workflows.answer(wait.token, outcome_of(change, wait.round))


def _write(services: Services, post: Post, change: Change, wait: WaitingExecution, asking: Asking) -> None:
    """Send the letter, then mark it: a crash in between sends it twice rather than never."""
    order, occasion = services.orders.load(change.order_id), f"{asking}-{wait.round}"
    if order is None or order.customer.mailbox is None or services.changes.mailed(change.change_id, occasion):
        return
    link = f"{post.base_url}/confirmations/{_new_link(services, post.links, order, change, wait.round)}"
    written = letters.request_to_confirm(order, change, link, reminder=asking == "remind")
    key = f"{change.change_id}/{occasion}"
    post.mail.send(Letter(key=key, to=order.customer.mailbox, subject=written.subject, text=written.text))
    services.changes.keep_mailed(change.change_id, occasion)


def _new_link(services: Services, links: Links, order: Order, change: Change, round_: int) -> str:
    """Return the random token of a new link: anybody who has it may answer, so only its hash is kept."""
    token = services.ids.secret()
    links.put(
        Link(
            token_hash=sha256(token),
            change_id=change.change_id,
            order_id=order.order_id,
            digest=change.plan.digest,
            round=round_,
            expires_at=change.expires_at or services.clock.now(),  # every open change has a deadline
        )
    )
    return token


def outcome_of(change: Change, round_: int) -> str:
    """Return the word that an execution is told of a round that waits no more; a later round or a commit means yes."""
    if change.round > round_ or change.committed_version is not None:
        return "confirmed"
    return _ENDINGS.get(change.status, "closed")
