"""Payment gateways behind one port, by the name that stands on the payment."""

from collections.abc import Mapping

from shared.ports import Gateway, GatewayDeclined


class KnownGateways:
    def __init__(self, gateways: Mapping[str, Gateway]) -> None:
        self._gateways = gateways

    def named(self, gateway: str) -> Gateway:
        known = self._gateways.get(gateway)
        if known is None:
            raise GatewayDeclined(f"no connection to the gateway '{gateway}' is set up; refund it by hand")
        return known
