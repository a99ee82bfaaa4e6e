"""Collecting: what is asked for, what counts as paid, and that money is neither lost nor taken for what it is not."""

from tests.sabotage.guard import Guard, guard

_RULES = "shared/domain/change/collecting.py"
_CHANGE = "shared/domain/change/collection.py"
_COMMIT = "shared/usecases/core/commit_paid.py"
_RECORD = "shared/usecases/intake/record_payment.py"
_LINKS = "shared/usecases/collecting/payment_links.py"
_PAYMENT = "shared/domain/order/payment.py"
_SURPLUS = "shared/domain/change/surplus.py"
_OF_LINK = "shared/usecases/core/change_of_link.py"
_RESUME = "shared/usecases/sweeping/resume_changes.py"
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
        "return now is None or change.expires_at is None or now < change.expires_at",
        "return True",
    ),
    guard(
        "a report names the order that its link was made for",
        _OF_LINK,
        " or change.order_id != order.order_id:",
        ":",
    ),
    guard(
        "a report pays the change of its link only",
        _OF_LINK,
        "return change.collection.link_id == link",
        "return True",
    ),
    guard(
        "a link that nobody was given is refused",
        _RECORD,
        "if change is None and link not in {each.link_id for each in before.payments}:",
        "if False:",
    ),
    guard(
        "what comes for a change that has ended calls a person",
        _RECORD,
        "    step = with_surplus(\n        Step(",
        "    step = (\n        Step(",
    ),
    guard(
        "what was paid for a change that ends calls a person",
        "shared/domain/change/transitions.py",
        "    return with_surplus(\n        Step(",
        "    return (\n        Step(",
    ),
    guard(
        "what is paid beyond what was due calls a person",
        _COMMIT,
        "return with_surplus(next_step(services, order, change, with_collected(planned, order), SYSTEM, _PAID))",
        "return next_step(services, order, change, with_collected(planned, order), SYSTEM, _PAID)",
    ),
    guard(
        "what the order owes is no surplus",
        _SURPLUS,
        "return max(0, min(came - used, overpaid(order)))",
        "return max(0, came - used)",
    ),
    guard(
        "what a committed change needed is no surplus",
        _SURPLUS,
        "used = 0 if change.committed_version is None else change.collection.amount",
        "used = 0",
    ),
    guard(
        "a surplus is told once",
        _SURPLUS,
        "    if (over := surplus_of(step.after, change)) > change.surplus:",
        "    if over := surplus_of(step.after, change):",
    ),
    guard(
        "a surplus whose refund is under way is not given back yet",
        _SURPLUS,
        " and not any(each.refunding for each in order.payments)",
        "",
    ),
    guard(
        "a surplus lets go only once nothing is overpaid",
        _SURPLUS,
        "return bool(change.surplus) and not overpaid(order) and",
        "return bool(change.surplus) and",
    ),
    guard(
        "the sandbox takes no money by a closed link",
        "infra/local/payment_links.py",
        """if not self._takes_money(link) and order.get("insist") is not True:""",
        "if False:",
    ),
    guard(
        "a link is shown while it is paid by",
        "shared/http/resources/change/view.py",
        "collection.url if change.status is ChangeStatus.PENDING_PAYMENT else None",
        "collection.url",
    ),
    guard(
        "who may not pay does not read where",
        "shared/http/resources/change/audience.py",
        ', desk="url"',
        "",
    ),
    guard("the sweep lets go of what was given back", _RESUME, "    return_surplus(services, change.change_id)\n", ""),
    guard(
        "a change with a surplus is not completed",
        "shared/domain/change/change.py",
        "return not self.surplus and not self.unacknowledged",
        "return not self.unacknowledged",
    ),
    guard(
        "a change that ended and fell out has taken no effect",
        "shared/domain/change/change.py",
        "return self.committed_version is not None\n",
        "return True\n",
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
        "next_step(services, order, change, with_collected(planned, order), SYSTEM, _PAID)",
        "next_step(services, order, change, planned, SYSTEM, _PAID)",
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
        "return matched and known.link_id is not None",
        "return matched",
    ),
    guard(
        "what the gateway and a service told of is matched with each other",
        "shared/usecases/collecting/book_payment.py",
        "matched = known.payment_id == told.payment_id or known.told_as is not None",
        "matched = True",
    ),
    guard(
        "a payment that two have told of is no third one's",
        _PAYMENT,
        " or known.told_as is not None:",
        ":",
    ),
    guard(
        "a payment keeps the other id that it is known by",
        _RECORD,
        "told_as=known.told_as or _another_id(known, reported),",
        "told_as=known.told_as,",
    ),
    guard(
        "a payment is known by its other id",
        _PAYMENT,
        "    named = named or next((each for each in known if each.told_as == reported.payment_id), None)\n",
        "",
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
        "what cannot be booked for a change that has ended calls a person",
        "shared/usecases/collecting/note_misreported.py",
        "change.status if change.is_open else ChangeStatus.FALLOUT",
        "change.status",
    ),
    guard(
        "what could not be booked calls a person when its change ends",
        "shared/domain/change/surplus.py",
        " if _ends_misreported(change) else step",
        " if False else step",
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
