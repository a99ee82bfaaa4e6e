"""Documents the proposal of a settlement in replies."""

from typing import Literal

from shared.http.parts.reply import Reply, ReplyMoney


class ReplyOverpaid(Reply):
    """The sum that is overpaid, refunds under way counted, and the request that gives it back."""

    amount: ReplyMoney
    method: Literal["POST"]
    path: str
