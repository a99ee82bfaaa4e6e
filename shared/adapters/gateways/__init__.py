"""Puts payment gateways behind one port, by the name on the payment. Each is made when it is first needed."""

from collections.abc import Callable, Mapping

from shared.ports.gateways import Gateway, GatewayDeclined

Make = Callable[[], Gateway]


class KnownGateways:
    """Makes a gateway at its first use, so that a refund loads the SDK of its own gateway and no other."""

    def __init__(self, makers: Mapping[str, Make]) -> None:
        self._makers = makers
        self._made: dict[str, Gateway] = {}

    def by_name(self, gateway: str) -> Gateway:
        if gateway not in self._made:
            make = self._makers.get(gateway)
            if make is None:
                raise GatewayDeclined(f"no connection to the gateway '{gateway}' is set up; refund it by hand")
            self._made[gateway] = make()
        return self._made[gateway]
