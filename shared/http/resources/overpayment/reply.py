"""Documents the proposal of a settlement in replies."""

from typing import Literal

from shared.http.parts.reply import Reply, ReplyMoney


class ReplyOverpaid(Reply):
    """The sum that is overpaid, refunds under way counted; staff reads with which request it is asked for."""

    amount: ReplyMoney
    method: Literal["POST"] | None = None
    path: str | None = None
