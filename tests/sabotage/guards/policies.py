"""Policies: what makes a version judged, agreed to by another, in force in time, and known everywhere in a minute."""

from tests.sabotage.guard import Guard, guard

_VERSIONS = "shared/domain/policy/versions.py"
_TRIAL = "shared/domain/policy_making/trial.py"
_PROPOSE = "shared/usecases/policies/propose_policy.py"
_DECIDE = "shared/usecases/policies/decide_policy.py"
_WITHDRAW = "shared/usecases/policies/withdraw_policy.py"
_DOCUMENTS = "shared/domain/policy/documents/registry.py"
_CONDITIONS = "shared/domain/policy/conditions.py"
_TRYING = "shared/domain/policy_making/try_conditions.py"
_DECIMALS = "shared/domain/policy/documents/decimals.py"
_ROUTING = "shared/domain/policy/documents/routing.py"
_VALIDATION = "shared/domain/policy_making/validation.py"
_CACHE = "shared/adapters/dynamodb/policy_cache.py"
_ALONG = "shared/adapters/dynamodb/companions.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "what moves money waits",
        _PROPOSE,
        '"waiting" if _needs_a_second(history, proposal.name, document) else "agreed"',
        '"agreed"',
    ),
    guard(
        "who leaves no time needs another operator",
        _DOCUMENTS,
        "moves_money(name) or (isinstance(document, Deadlines) and document.hurried)",
        "moves_money(name)",
    ),
    guard(
        "who lays a fault needs another operator",
        _DOCUMENTS,
        "        return document.lays_fault\n",
        "        return False\n",
    ),
    guard(
        "the merchant's fault makes no shipping due",
        "shared/domain/policy/documents/shipping.py",
        "return fault in self.except_faults or reason in self.except_reasons",
        "return reason in self.except_reasons",
    ),
    guard(
        "goods that were delivered make no shipping due",
        "shared/domain/planning/shipping_after.py",
        "kept = value if excused else max(0, min(value, _lost_late(after, rule, draft)))",
        "kept = value if excused else 0",
    ),
    guard(
        "what the customer buys takes nothing off what was spared",
        "shared/domain/planning/shipping_after.py",
        "kept = value if excused else max(0, min(value, _lost_late(after, rule, draft)))",
        "kept = value if excused else min(value, _lost_late(after, rule, draft))",
    ),
    guard(
        "shipping that follows the goods stays while they do",
        "shared/domain/planning/shipping_after.py",
        " and rule.recalculate and _goods_change(changes)",
        " and rule.recalculate",
    ),
    guard(
        "goods that come make shipping no dearer",
        "shared/domain/planning/shipping_after.py",
        "return self.excused or self.kept >= self.value",
        "return self.excused or self.kept >= self.value >= 0",
    ),
    guard(
        "what was spared stays spared",
        "shared/domain/planning/shipping_after.py",
        "return cls(value, kept, excused, spared + kept)",
        "return cls(value, kept, excused, kept)",
    ),
    guard(
        "goodwill is shared by a total of the channel's own",
        "shared/domain/order/goodwill.py",
        "now = bare.gross if bare.unit_price == given.unit_price else _at(bare, given.unit_price).gross",
        "now = given.unit_price * bare.quantity",
    ),
    guard(
        "an added line has the percentages in the order's sequence",
        "shared/domain/planning/added_lines.py",
        "            found.insert(place, share)\n",
        "            found.append(share)\n",
    ),
    guard(
        "the merchant's fault costs no restocking",
        "shared/domain/planning/restocking.py",
        "        and not rule.spares(judge.reason_code, judge.fault)\n",
        "",
    ),
    guard(
        "the merchant's fault makes up for no restocking fee",
        "shared/domain/planning/restocking.py",
        'return judge.fault == "merchant" or (',
        "return (",
    ),
    guard(
        "a reason that a rule spares makes up for no fee of it",
        "shared/domain/planning/restocking.py",
        "(rule is not None and rule.spares(judge.reason_code, judge.fault))",
        "False",
    ),
    guard(
        "time to confirm counts too",
        "shared/domain/policy/documents/deadlines.py",
        "return any(min(each) < HURRY for each in times)",
        "return any(each[0] < HURRY for each in times)",
    ),
    guard(
        "a condition that fails is on the strict side",
        _CONDITIONS,
        "except FAILURES:\n        return unanswered",
        "except FAILURES:\n        return not unanswered",
    ),
    guard(
        "what is neither true nor false counts as unanswered",
        _CONDITIONS,
        "return unanswered if said is None else said",
        "return said is True",
    ),
    guard(
        "a rule that fails allows nothing",
        "shared/domain/policy/evaluation.py",
        'unanswered=rule.outcome != "allow"',
        "unanswered=True",
    ),
    guard(
        "a fee that is unclear is not charged",
        "shared/domain/planning/restocking.py",
        '"stage": units.stage}, unanswered=False)',
        '"stage": units.stage})',
    ),
    guard(
        "no words of the engine are told of a condition",
        _TRYING,
        '    except FAILURES:\n        yield "It compares what cannot be compared, such as a number with a text."',
        '    except FAILURES as error:\n        yield f"It compares what cannot be compared: {error}"',
    ),
    guard("words that nobody thought of are tried", _TRYING, "in chain(combined, odd))", "in combined)"),
    guard("decimals are as fine as arithmetic bears", _DECIMALS, "exponent >= -PLACES and ", ""),
    guard("decimals are as large as arithmetic bears", _DECIMALS, " and number.adjusted() < DIGITS", ""),
    guard("checks leave everyone something", _VALIDATION, "yield from denials(policy)", "yield from ()"),
    guard(
        "checks are looked at together",
        "shared/domain/policy_making/denials.py",
        "if meant and not alone and all(",
        "if False and all(",
    ),
    guard(
        "large changes are seen by somebody",
        _ROUTING,
        "if not any(route.approvers for _, route in plain):",
        "if False:",
    ),
    guard("a route for all is for orders of any value", _ROUTING, " and not route.order_above", ""),
    guard(
        "nobody is the last word on large changes",
        _ROUTING,
        "if all(_below(other, route, currency) for _, other in plain if other.approvers):",
        "if False:",
    ),
    guard(
        "what is about orders is for no product",
        "shared/domain/policy_making/findings.py",
        "if rule.only.products:",
        "if False:",
    ),
    guard(
        "a customer is asked about amendments",
        "shared/domain/planning/confirmations_needed.py",
        '(cancelled or facts.kind == "amendment")',
        "cancelled",
    ),
    guard("nothing is in force in the past", _PROPOSE, "if version.activates_at < now:", "if False:"),
    guard("only what was agreed to is restored", _PROPOSE, ' or past.status != "agreed"', ""),
    guard("a version changes something", _PROPOSE, "if before is not None and ", "if False and "),
    guard(
        "a proposal knows the newest version", _PROPOSE, "if if_match is not None and if_match != etag:", "if False:"
    ),
    guard("what makes no sense is refused", _PROPOSE, "if trial.violations:", "if False:"),
    guard("what has begun is not withdrawn", _WITHDRAW, "version.activates_at - now < NOTICE", "False"),
    guard(
        "nobody alone makes their own policy last",
        _WITHDRAW,
        "            _check_whose(history, register, withdrawn)\n",
        "            pass\n",
    ),
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
    guard(
        "what comes later is judged too",
        _TRIAL,
        "in (version.activates_at, *after.changes_after(version.activates_at)):",
        "in (version.activates_at,):",
    ),
    guard("what others need stays", _TRIAL, "if name in LEANING:", "if False:"),
    guard("a policy grows stale", _CACHE, "if self._older_than(STALE_SECONDS):", "if self._register is None:"),
    guard("a policy grows due", _CACHE, "[REGISTER_KEY] if self._older_than(DUE_SECONDS) else []", "[]"),
    guard("a clock that went back knows nothing", _CACHE, "not 0 <= (", "not -9e9 < ("),
    guard(
        "what cannot be read is not forgotten", _CACHE, "if self._register is None:\n                    raise", "raise"
    ),
    guard("who remembers nothing does not rule", _CACHE, "if self._policy is None:\n                raise", "pass"),
    guard("a read asks for a hundred rows", _ALONG, "range(0, len(pairs), BATCH)", "range(0, len(pairs), 10 * BATCH)"),
    guard(
        "an address is doubtful if its postal code does not tell the region",
        "shared/domain/planning/address_doubts.py",
        "    if not confirms_region(new):\n",
        "    if False:\n",
    ),
    guard(
        "an address is doubtful if the postal code stays and the place does not",
        "shared/domain/planning/address_doubts.py",
        "    return kept and is_taxed_elsewhere(old, new)\n",
        "    return False\n",
    ),
    guard(
        "more goods make up for no lower rate",
        "shared/domain/planning/address_doubts.py",
        "_rate(line) < _rate(old) for old",
        "line.tax < old.tax for old",
    ),
)
