"""Answers for a gateway that makes no payment links. The plan bills instead: `BY_LINK` in
`shared/domain/order/payment.py` names the gateways that make them."""

from shared.ports.gateways import GatewayDeclined, LinkOrder, PaymentLink


class NoLinks:
    """Declines every link."""

    def make_link(self, order: LinkOrder) -> PaymentLink:
        raise GatewayDeclined("this gateway makes no payment links")

    def find_link(self, order: LinkOrder) -> PaymentLink | None:
        return None

    def close_link(self, order: LinkOrder) -> PaymentLink | None:
        return None
