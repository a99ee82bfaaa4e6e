"""The market with people in it who try to walk round its controls."""

from tests.fakes.builders import AGENT, AGENT_2, CUSTOMER, CUSTOMER_2, MANAGER
from tests.simulation.clients import Client, an_order, busy, decide, market, set_up, undo
from tests.simulation.forgers import audit, forge
from tests.simulation.hagglers import WEAK, WEAK_2, change_money, net, nibble, slice_off
from tests.simulation.simulation import Simulation
from tests.simulation.trespassers import SAME_HOUSEHOLD, suspect, trespass

TRIES = 4


def besieged(simulation: Simulation) -> None:
    """Eight honest clients, staff who suspect fraud, and three customers who try every step on whatever is there."""
    orders = market(simulation, actions=2)
    busy(Client(simulation, "investigator", AGENT_2), (suspect,), orders, actions=1)
    for name, who in (("owner", CUSTOMER), ("household", SAME_HOUSEHOLD), ("stranger", CUSTOMER_2)):
        busy(Client(simulation, f"trespasser-{name}", who), (trespass,), orders, TRIES)


def forged(simulation: Simulation) -> None:
    """The honest clients, one who rewrites the log with the rights of a function, and two who have it verified."""
    orders = market(simulation, actions=2)
    busy(Client(simulation, "forger", AGENT), (forge,), orders[:1], actions=2)
    for name in ("auditor", "auditor-2"):
        busy(Client(simulation, name, MANAGER), (audit,), orders, TRIES)


def haggled(simulation: Simulation) -> None:
    """Two customers' orders, and agents, strong and weak, who give away what they can on each of them, and take it back
    and give it again; a manager approves now and then."""
    orders = set_up(
        simulation, {"PEN": 5000}, *(an_order(n, f"cus-{1 + n % 2}", ("PEN", 100, "9.00")) for n in range(3))
    )
    wishes = (net, net, nibble, nibble, slice_off, slice_off, undo, undo, change_money)
    for name, who in (("strong", AGENT), ("weak", WEAK), ("weak-2", WEAK_2)):
        busy(Client(simulation, f"haggler-{name}", who), wishes, orders, actions=5)
    busy(Client(simulation, "manager", MANAGER), (decide,), orders, actions=2)
