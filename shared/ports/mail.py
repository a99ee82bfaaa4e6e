"""Declares the port to the mail, and the store of the links in letters."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Describes one mail. `key` names its occasion, for the logs; nothing of the rest may be logged."""

    key: str
    to: str
    subject: str
    text: str


class MailFailed(Exception):
    """Says that the mail was not taken, or that nobody knows; sending it again is safe, for a second letter moves
    nothing."""


class Mail(Protocol):
    def send(self, letter: Letter) -> None:
        """Sends one letter.

        Raises:
            MailFailed
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Describes a confirmation link as it is kept: the hash of its random token, bound to one change and one digest."""

    token_hash: str
    change_id: str
    order_id: str
    digest: str
    round: int
    expires_at: datetime


class Links(Protocol):
    def put(self, link: Link) -> None: ...

    def get(self, token_hash: str) -> Link | None: ...
