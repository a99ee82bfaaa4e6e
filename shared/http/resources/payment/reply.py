"""Documents a payment in replies."""

from shared.domain.order.payment import PaymentStatus
from shared.http.parts.reply import Reply, ReplyMoney, Stamp


class ReplyPayment(Reply):
    """`refunding` is what refunds under way will still give back; `expires_at` the end of an authorisation; `link_id`
    the payment link of a change that it came by."""

    payment_id: str
    method: str
    gateway: str
    reference: str | None = None
    status: PaymentStatus
    authorised: ReplyMoney
    captured: ReplyMoney
    refunded: ReplyMoney
    refunding: ReplyMoney | None = None
    expires_at: Stamp | None = None
    link_id: str | None = None
