"""Bundles everything that a use case may ask for."""

from dataclasses import dataclass, field

from shared.ports.anchors import Anchors, NoAnchors
from shared.ports.delegations import Delegations
from shared.ports.policies import Policies
from shared.ports.refusals import NoRefusals, Refusals
from shared.ports.requests import Requests
from shared.ports.stores import Changes, Log, Orders, Skus
from shared.ports.system import Clock, Ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Holds the ports a use case may ask for; a function's bootstrap fills in those it needs."""

    orders: Orders
    changes: Changes
    log: Log
    skus: Skus
    requests: Requests
    policies: Policies
    delegations: Delegations
    clock: Clock
    ids: Ids
    refusals: Refusals = field(default_factory=NoRefusals)
    anchors: Anchors = field(default_factory=NoAnchors)
