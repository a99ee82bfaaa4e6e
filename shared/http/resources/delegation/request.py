"""Reads a delegation: the person who is to decide in somebody's place."""

from shared.http.parts.fields import Given, Id, Time
from shared.usecases.approving.delegate_role import StandIn


class DelegationBody(Given):
    """`to` is the id of a user, who decides from `since` on (now, if it is left out) and before `until`."""

    to: Id
    since: Time | None = None
    until: Time

    def to_domain(self) -> StandIn:
        return StandIn(to=self.to, since=self.since, until=self.until)


class EndBody(Given):
    """Nothing is asked for."""
