"""Documents delegations in replies."""

from shared.domain.policy.subjects import Approver
from shared.http.parts.reply import Reply, Stamp


class DelegationReply(Reply):
    """`to` decides as `role` in the place of `of`, from `since` on and before `until`; ids of users."""

    role: Approver
    of: str
    to: str
    since: Stamp
    until: Stamp


class DelegationsReply(Reply):
    """What the caller has delegated, and what was delegated to them; what is over is not told."""

    given: list[DelegationReply]
    received: list[DelegationReply]
