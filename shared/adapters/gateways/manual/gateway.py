"""Handles refunds that a person makes, such as bank transfers and cheques: they stay pending until a person reports
them."""

from shared.adapters.gateways.common.no_links import NoLinks
from shared.ports.gateways import GatewayRefund, RefundOrder


class ManualGateway(NoLinks):
    """Answers `pending` to every request, also a repeated one, and pays nothing. The report of the person who made the
    transfer settles the refund."""

    def find(self, order: RefundOrder) -> GatewayRefund | None:
        """Returns None: only people know, and they report it to us."""
        return None

    def refund(self, order: RefundOrder) -> GatewayRefund:
        return GatewayRefund(reference=order.key, status="pending")

    def release(self, order: RefundOrder) -> GatewayRefund:
        return GatewayRefund(reference=order.key, status="pending")
