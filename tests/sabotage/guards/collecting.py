"""Collecting: what is asked for, what counts as paid, and that money is neither lost nor taken for what it is not."""

from tests.sabotage.guard import Guard, guard

_RULES = "shared/domain/change/collecting.py"
_CHANGE = "shared/domain/change/collection.py"
_COMMIT = "shared/usecases/core/commit_paid.py"
_RECORD = "shared/usecases/intake/record_payment.py"
_LINKS = "shared/usecases/collecting/payment_links.py"
_PAYMENT = "shared/domain/order/payment.py"
_PLAN = "shared/domain/planning/collection.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "a waived sum is never paid out",
        "shared/domain/planning/planner.py",
        "less_waived(order, after), draft",
        "after, draft",
    ),
    guard(
        "the digest covers what is collected before the commit",
        "shared/domain/planning/digest.py",
        "return outcomes | _collection(plan, key) | forms.PLAN.of(plan, key)",
        "return outcomes | forms.PLAN.of(plan, key)",
    ),
    guard(
        "what was waived before counts with what would be waived",
        _PLAN,
        "if rule.waives(due + waived, after.currency):",
        "if rule.waives(due, after.currency):",
    ),
    guard(
        "what an authorisation covers is not collected",
        _PLAN,
        'if money["totals_after"].balance_due <= reserved:',
        "if False:",
    ),
    guard("a part of what is due pays nothing", _CHANGE, "return self.collected >= self.amount", "return True"),
    guard(
        "a payment counts in time only",
        _RULES,
        "in_time = now is None or change.expires_at is None or now < change.expires_at",
        "in_time = True",
    ),
    guard(
        "a payment counts for the change of its link only",
        _RULES,
        "return in_time and change.collection.link_id == link",
        "return in_time",
        redundant="what has come for a change is summed by its link",
    ),
    guard(
        "what was paid for is what is committed",
        _COMMIT,
        "        check_digest(planned, change.plan.digest)\n",
        "",
    ),
    guard(
        "the plan of a paid change is made without its payment",
        _COMMIT,
        "replan(services, without_collected(order, change), change)",
        "replan(services, order, change)",
    ),
    guard(
        "a capture meanwhile changes nothing of what was paid for",
        _COMMIT,
        "planned = as_agreed(replan(services, without_collected(order, change), change), change)",
        "planned = replan(services, without_collected(order, change), change)",
    ),
    guard(
        "a commit keeps the payment that it waited for",
        _COMMIT,
        "next_step(services, order, change, with_collected(planned, order), SYSTEM, Passed(paid=True))",
        "next_step(services, order, change, planned, SYSTEM, Passed(paid=True))",
    ),
    guard(
        "a change that is paid does not expire",
        "shared/usecases/core/expire_change.py",
        "    if is_paid(change):\n",
        "    if False:\n",
    ),
    guard(
        "the sweep commits what is paid",
        "shared/usecases/sweeping/resume_changes.py",
        "if not commit_paid(services, change.change_id) and ",
        "if ",
    ),
    guard(
        "the same money told by two is one payment",
        _RECORD,
        "known = known or same_money(order.payments, reported)",
        "known = known or None",
    ),
    guard(
        "two payments that both have no reference are two",
        _PAYMENT,
        "return bool(known.reference) != bool(reported.reference) and known.captured == reported.captured",
        "return known.captured == reported.captured",
    ),
    guard(
        "a reference that is told later is claimed",
        "shared/adapters/dynamodb/order_write.py",
        "if payment.identity and payment.identity not in known:",
        "if payment.reference and before is None:",
    ),
    guard(
        "a known payment does not become one by a link",
        _RECORD,
        "if known.link_id != (reported.link_id or known.link_id):",
        "if False:",
    ),
    guard(
        "only the gateway says that a known payment came by a link",
        _RECORD,
        "if reported.by_gateway and known.link_id is None and known.identity == told.identity:",
        "if known.link_id is None and known.identity == told.identity:",
    ),
    guard(
        "money that a service told of without its link pays the change once the gateway names the link",
        "shared/usecases/collecting/book_payment.py",
        "if known is None or known.reference is None or known.link_id is None:",
        "if known is None or known.reference is None:",
    ),
    guard(
        "the gateway is asked before an unpaid change expires",
        "shared/usecases/collecting/lapse_collection.py",
        "        _ask_once_more(services, gateways, change)\n",
        "",
    ),
    guard(
        "a link is not closed while its change waits",
        _LINKS,
        "if change.collection is None or waits(change, address.round):",
        "if change.collection is None:",
    ),
    guard(
        "what has come by a closed link is booked",
        _LINKS,
        "gateways.by_name(change.collection.gateway).close_link(wanted))",
        "None)",
    ),
    guard(
        "a paid change is not given up",
        _LINKS,
        "if order is None or not waits(change, address.round) or is_paid(change):",
        "if order is None or not waits(change, address.round):",
    ),
    guard(
        "money by a link that cannot be read or is in another currency is not booked",
        "shared/usecases/collecting/book_payment.py",
        "if paid.amount is None or paid.amount <= 0 or paid.currency != order.currency:",
        "if paid.amount is None:",
    ),
    guard(
        "what cannot be booked is noted on the change of its link",
        "shared/usecases/collecting/note_misreported.py",
        " or change.collection.link_id != paid.key:",
        ":",
    ),
    guard(
        "what cannot be booked is noted once",
        "shared/usecases/collecting/note_misreported.py",
        "    if any(entry.note == note for entry in change.timeline):\n",
        "    if False:\n",
    ),
    guard(
        "Stripe: a link goes under our key",
        "shared/adapters/gateways/stripe/gateway.py",
        '_session(order, self._return_url), {"idempotency_key": order.key}',
        "_session(order, self._return_url), {}",
    ),
    guard(
        "Stripe: a session that is not paid brings no money",
        "shared/adapters/gateways/stripe/callbacks.py",
        'if session.get("payment_status") != "paid" or ',
        "if ",
    ),
)
