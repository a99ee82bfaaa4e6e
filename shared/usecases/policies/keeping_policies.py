"""How a version is kept: judged on the register, written, judged again if somebody else wrote first, answered once."""

from collections.abc import Callable

from shared.domain.policy.versions import PolicyVersion, Register
from shared.domain.refusal import Refusal
from shared.ports.policies import PolicyHistory
from shared.ports.requests import Answer, RequestKey, RequestKnown
from shared.ports.services import Services
from shared.ports.stores import Conflict
from shared.usecases.core.transact import ATTEMPTS, record_of, replayed

Work = Callable[[Register], tuple[PolicyVersion | None, PolicyVersion]]
"""A version before (None if it is new) and after, judged on what is in force and will be."""


def kept(
    services: Services,
    history: PolicyHistory,
    work: Work,
    key: RequestKey | None,
    render: Callable[[PolicyVersion], Answer],
) -> Answer:
    """Do `work` and keep its version. A request that had its effect before gets its first answer.

    Raises:
        Refusal: what `work` refuses, `policy-too-large`, `key-reused`, `too-busy`.
    """
    for tried in range(ATTEMPTS):
        try:
            register = history.register()
            before, after = work(register)
            answer = render(after)
            history.write(register, before, after, record_of(key, answer, services))
            return answer
        except (Refusal, RequestKnown):
            if known := replayed(services.requests, key):
                return known
            raise
        except Conflict:
            services.clock.pause(0.01 * 2**tried * services.ids.jitter())
    raise Refusal("too-busy", "Others keep changing policies; try again in a moment.")
