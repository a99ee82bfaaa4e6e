"""Policies: what makes a version judged, agreed to by another, in force in time, and known everywhere in a minute."""

from tests.sabotage.guard import Guard, guard

_VERSIONS = "shared/domain/policy_versions.py"
_TRIAL = "shared/domain/policy_trial.py"
_PROPOSE = "shared/usecases/propose_policy.py"
_DECIDE = "shared/usecases/decide_policy.py"
_WITHDRAW = "shared/usecases/withdraw_policy.py"
_CACHE = "shared/adapters/dynamodb/policy_cache.py"
_ALONG = "shared/adapters/dynamodb/companions.py"

GUARDS: tuple[Guard, ...] = (
    guard("what moves money waits", _PROPOSE, '"waiting" if moves_money(proposal.name) else "agreed"', '"agreed"'),
    guard("nothing is in force in the past", _PROPOSE, "if version.activates_at < now:", "if False:"),
    guard("only what was agreed to is restored", _PROPOSE, ' or past.status != "agreed"', ""),
    guard("a version changes something", _PROPOSE, "if before is not None and ", "if False and "),
    guard(
        "a proposal knows the newest version", _PROPOSE, "if if_match is not None and if_match != etag:", "if False:"
    ),
    guard("what makes no sense is refused", _PROPOSE, "if trial.violations:", "if False:"),
    guard("what has begun is not withdrawn", _WITHDRAW, "version.activates_at - now < NOTICE", "False"),
    guard("what is over is not withdrawn", _WITHDRAW, 'if version.status not in ("waiting", "agreed"):', "if False:"),
    guard(
        "what others lean on is not withdrawn",
        _WITHDRAW,
        'if version.status == "agreed" and (missed',
        "if False and (missed",
    ),
    guard(
        "what is withdrawn never begins",
        _VERSIONS,
        "for each in self.agreed if each.version != version.version)",
        "for each in self.agreed)",
    ),
    guard("a policy is decided once", _DECIDE, 'if version.status != "waiting":', "if False:"),
    guard("nobody agrees to their own policy", _DECIDE, "if version.by == decision.by:", "if False:"),
    guard("nobody rolls back by accident", _DECIDE, "if newest > version.version:", "if False:"),
    guard("what is agreed to is judged again", _DECIDE, "    if found:", "    if False:"),
    guard(
        "a policy does not begin before it is agreed to", _VERSIONS, "max(self.activates_at, at)", "self.activates_at"
    ),
    guard("a policy begins at its time", _VERSIONS, "if each.activates_at <= moment]", "]"),
    guard("a clock that is behind finds a policy", _VERSIONS, "self.at(now - SKEW)", "self.at(now + SKEW)"),
    guard("what comes later is judged too", _TRIAL, "*after.changes_after(version.activates_at)", "*()"),
    guard("what others need stays", _TRIAL, "if name in LEANING:", "if False:"),
    guard("a policy grows stale", _CACHE, "if self._older_than(STALE_SECONDS):", "if self._register is None:"),
    guard("a policy grows due", _CACHE, "[REGISTER_KEY] if self._older_than(DUE_SECONDS) else []", "[]"),
    guard("a clock that went back knows nothing", _CACHE, "not 0 <= (", "not -9e9 < ("),
    guard(
        "what cannot be read is not forgotten", _CACHE, "if self._register is None:\n                    raise", "raise"
    ),
    guard("who remembers nothing does not rule", _CACHE, "if self._policy is None:\n                raise", "pass"),
    guard("a read asks for a hundred rows", _ALONG, "range(0, len(pairs), BATCH)", "range(0, len(pairs), 10 * BATCH)"),
)
