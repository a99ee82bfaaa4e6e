"""Keep a version of a policy document: judged on the register, written, judged again if somebody else wrote first."""

from collections.abc import Callable
from functools import partial

from shared.domain.policy.versions import PolicyVersion, Register
from shared.ports.policies import PolicyHistory
from shared.ports.services import Services
from shared.usecases.core.requests import Outcome, Request
from shared.usecases.core.transact import Decided, transact

JudgeVersion = Callable[[Register], tuple[PolicyVersion | None, PolicyVersion]]
"""A version before (None if it is new) and after, judged on what is in force and will be."""


def keep_version(
    services: Services, history: PolicyHistory, request: Request[PolicyVersion], judge: JudgeVersion
) -> Outcome[PolicyVersion]:
    """Judge, and keep the version.

    Raises:
        Refusal: what `judge` refuses, `policy-too-large`, `key-reused`, `too-busy`.
    """

    def decide() -> Decided[PolicyVersion]:
        register = history.register()
        before, after = judge(register)
        return Decided(after, partial(history.write, register, before, after))

    return transact(services, request, decide, busy="Others keep changing policies; try again in a moment.")
