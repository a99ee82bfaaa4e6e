"""Who may decide in whose place, and what is kept and counted of refusals."""

from tests.sabotage.guard import Guard, guard

_DELEGATE = "shared/usecases/approving/delegate_role.py"
_STANDING_IN = "shared/domain/change/delegation.py"
_REFUSED = "shared/domain/replay/false_rejects.py"
_KEEP = "shared/usecases/core/record_rejection.py"

GUARDS: tuple[Guard, ...] = (
    guard("a role is delegated by who holds it", _DELEGATE, "if role not in principal.roles:", "if False:"),
    guard("nobody stands in for themselves", _DELEGATE, "if delegation.to == delegation.of:", "if False:"),
    guard("a delegation ends after it starts", _DELEGATE, "max(delegation.since, now):", "now:"),
    guard("a delegation ends after now", _DELEGATE, "max(delegation.since, now):", "delegation.since:"),
    guard("a delegation is not for long", _DELEGATE, "delegation.until - delegation.since > LONGEST", "False"),
    guard(
        "what is over is not told",
        _DELEGATE,
        "for each in kept.to(principal.id) if now < each.until",
        "for each in kept.to(principal.id)",
    ),
    guard("a delegation is of one role", _STANDING_IN, "self.role == role and ", ""),
    guard("a delegation holds from its start", _STANDING_IN, "self.since <= now < self.until", "now < self.until"),
    guard("a delegation holds before its end", _STANDING_IN, "self.since <= now < self.until", "self.since <= now"),
    guard("nobody stands in for who is barred", _STANDING_IN, " and each.of not in excluded", ""),
    guard(
        "a decision is by a delegation that still holds when it is written",
        "shared/usecases/approving/decide_change.py",
        "return replace(_word_of(services, order, change, principal, decision, absent), delegation=delegation)",
        "return _word_of(services, order, change, principal, decision, absent)",
    ),
    guard("only what the plan forbids is kept", _KEEP, " and refusal.violations == noted.plan.violations", ""),
    guard(
        "a store that fails changes no answer", _KEEP, "    except Exception as error:", "    except KeyError as error:"
    ),
    guard(
        "what is kept of edits is not personal",
        "shared/domain/fields.py",
        "if not _is_personal(hints[name])",
        "if hints[name]",
    ),
    guard(
        "a higher role forces, a lower one does not",
        _REFUSED,
        "_rank(change.requested_by.role) > _rank(refused.role) and ",
        "",
    ),
    guard(
        "what is forced is the same",
        _REFUSED,
        " > _rank(refused.role) and _meets(refused, change)",
        " > _rank(refused.role)",
    ),
    guard("a second try is by the same role", _REFUSED, "change.requested_by.role == refused.role and ", ""),
    guard("a second try is otherwise or under another policy", _REFUSED, " and (otherwise or anew)", ""),
    guard(
        "a false reject shows within a week", _REFUSED, "refused.at < at <= refused.at + PATIENCE", "refused.at < at"
    ),
    guard("a report is bounded", "shared/domain/period.py", "if end - start > LONGEST:", "if False:"),
)
