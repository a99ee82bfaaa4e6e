"""Refunds that a person makes: a bank transfer, a cheque. Asking is all that can be done; a person reports the rest."""

from shared.ports.gateways import GatewayRefund, RefundOrder


class ManualGateway:
    """Answers `pending` to everything, as often as it is asked: nobody is paid by asking. The report of whoever made
    the transfer settles the refund."""

    def find(self, order: RefundOrder) -> GatewayRefund | None:
        """None: only people know, and they report it to us."""
        return None

    def refund(self, order: RefundOrder) -> GatewayRefund:
        return GatewayRefund(reference=order.key, status="pending")

    def release(self, order: RefundOrder) -> GatewayRefund:
        return GatewayRefund(reference=order.key, status="pending")
