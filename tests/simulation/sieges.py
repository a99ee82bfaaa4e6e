"""The market with people in it who try to walk round its controls."""

from tests.fakes.builders import AGENT, AGENT_2, CUSTOMER, CUSTOMER_2, MANAGER
from tests.simulation.clients import Client, busy, market
from tests.simulation.forgers import audit, forge
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
