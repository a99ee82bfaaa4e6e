"""What keeps money from going back twice, too much, or by the wrong hand."""

from tests.sabotage.guard import Guard, guard

_PAY = "shared/usecases/refunding/pay_refund.py"
_SETTLE = "shared/usecases/refunding/settle_refund.py"
_BY_HAND = "shared/usecases/refunding/settle_by_hand.py"
_CALLBACK = "shared/usecases/refunding/take_callback.py"
_PAYMENT = "shared/usecases/intake/record_payment.py"
_DOMAIN = "shared/domain/planning/refunds.py"
_STRIPE = "shared/adapters/gateways/stripe/gateway.py"
_ADYEN = "shared/adapters/gateways/adyen/gateway.py"
_LESSENING = "shared/domain/planning/reductions.py"

GUARDS: tuple[Guard, ...] = (
    guard("a gateway is asked before it pays", _PAY, "said = gateway.find(wanted)", "said = None"),
    guard(
        "a settled refund is not asked for",
        _PAY,
        '    if refund.status == "settled":\n        return GatewayRefund(reference=refund.reference or "")\n'
        "    wanted = wanted_of(order, change, refund)\n    gateway",
        "    wanted = wanted_of(order, change, refund)\n    gateway",
    ),
    guard("a pending refund is not asked for again", _PAY, 'if refund.status == "pending":', "if False:"),
    guard(
        "a failed refund is not asked for again",
        _PAY,
        '    if refund.status == "failed":\n        raise GatewayDeclined("the gateway has reported it as failed")\n'
        "    if wanted.keep",
        "    if wanted.keep",
    ),
    guard(
        "no more is asked for than was captured",
        _PAY,
        "if wanted.keep is None and wanted.returned + wanted.amount > wanted.captured:",
        "if False:",
    ),
    guard("a reply does not undo a report", _PAY, 'if refund.status != "requested":', "if False:"),
    guard(
        "a failure reported before the reply is a failure",
        _PAY,
        '    refund = write_refund(services, address, next_)\n    if refund.status == "failed":',
        "    refund = write_refund(services, address, next_)\n    if False:",
    ),
    guard("a reduction that comes late raises nothing", _PAY, "min(refund.keep, payment.authorised)", "refund.keep"),
    guard(
        "no late settlement is booked beyond what its payment holds",
        _SETTLE,
        "if refund_steps.spent_otherwise(order, change, refund):",
        "if False:",
    ),
    guard(
        "a late settlement that is not booked is noted once",
        "shared/usecases/refunding/refund_steps.py",
        "if any(entry.note == note for entry in change.timeline):",
        "if False:",
    ),
    guard(
        "a gateway's payment is one payment here",
        "shared/domain/intake/to_order.py",
        "        if known in seen:",
        "        if False:",
    ),
    guard(
        "only the refund that settled comes back",
        _SETTLE,
        "reference and refund.reference == reference and not",
        "reference and not",
    ),
    guard("a refund comes back once", _SETTLE, " and not refund.came_back:", ":"),
    guard("settling twice settles once", _SETTLE, 'if refund.status == "settled":', "if False:"),
    guard(
        "what is settled does not fail",
        _SETTLE,
        'if refund.status in ("settled", "failed"):',
        'if refund.status == "failed":',
    ),
    guard(
        "failing twice fails once",
        _SETTLE,
        'if refund.status in ("settled", "failed"):',
        'if refund.status == "settled":',
    ),
    guard(
        "a refund is of the order that it names",
        _SETTLE,
        " or change.order_id != address.order_id:",
        ":",
    ),
    guard(
        "the same report by hand again changes nothing",
        _BY_HAND,
        'if refund.status == "settled" and refund.reference == paid.reference:',
        "if False:",
    ),
    guard(
        "another report by hand is no repeat",
        _BY_HAND,
        'if refund.status == "settled" and refund.reference == paid.reference:',
        'if refund.status == "settled":',
    ),
    guard(
        "what is settled is not settled by hand",
        _BY_HAND,
        '    if refund.status == "settled":\n        raise',
        "    if False:\n        raise",
    ),
    guard(
        "what was given up is not settled by hand",
        _BY_HAND,
        "if change.status is ChangeStatus.FAILED:",
        "if False:",
    ),
    guard(
        "what a gateway has under way is not paid by hand",
        _BY_HAND,
        'if refund.status != "failed" and gateway not in BY_PEOPLE:',
        "if False:",
    ),
    guard(
        "a gateway speaks for its own refunds only",
        _CALLBACK,
        "if gateway not in (each.gateway for each in order.payments if each.payment_id == refund.payment_id):",
        "if False:",
    ),
    guard(
        "a report of another amount is passed over",
        _CALLBACK,
        "if callback.amount not in (None, refund.amount):",
        "if False:",
    ),
    guard(
        "a report before the wait ends it",
        _CALLBACK,
        '    if refund.status in ("settled", "failed"):\n        workflows.answer(token, refund.status)\n',
        "",
    ),
    guard("what was captured never becomes less", _PAYMENT, "reported.captured < known.captured or ", ""),
    guard(
        "what was captured is not voided",
        _PAYMENT,
        " or (reported.status is PaymentStatus.VOIDED and reported.captured):",
        ":",
    ),
    guard(
        "a payment keeps its gateway and reference",
        _PAYMENT,
        'if told != identity_of(known.gateway, known.reference or ""):',
        "if False:",
    ),
    guard("a payment is in the order's currency", _PAYMENT, "if reported.currency != order.currency:", "if False:"),
    guard(
        "no more goes back than the total falls",
        _DOMAIN,
        "min(before.total - total_after, kept - total_after)",
        "kept - total_after",
    ),
    guard(
        "no more goes back than was paid",
        _DOMAIN,
        "min(before.total - total_after, kept - total_after)",
        "before.total - total_after",
    ),
    guard("no payment gives back more than it holds", _DOMAIN, "min(amount, payment.refundable)", "amount"),
    guard(
        "a credit is no more than the order costs",
        "shared/domain/planning/goodwill.py",
        "if wish.amount > max(0, _cost_of(given.after, wish)):",
        "if False:",
    ),
    guard(
        "a settlement gives back no more than is overpaid",
        "shared/domain/planning/settlement.py",
        "most = min(overpaid(order), sum(max(0, payment.refundable) for payment in payments))",
        "most = sum(max(0, payment.refundable) for payment in payments)",
    ),
    guard(
        "what is going back already is not overpaid",
        "shared/domain/planning/settlement.py",
        "return max(0, -order.totals.balance_due)",
        "return max(0, order.totals.paid - order.totals.total)",
    ),
    guard(
        "a settlement is judged by policy",
        "shared/domain/planning/edits/settle.py",
        'if not draft.rights.allowed(self.op, None, ""):',
        "if False:",
    ),
    guard(
        "the digest pins a settlement",
        "shared/usecases/settling/start_settlement.py",
        "if asked.accept is not None:",
        "if False:",
    ),
    guard(
        "goodwill lowers taxes in proportion",
        "shared/domain/order/goodwill.py",
        "total - amount, total) for count",
        "total, total) for count",
    ),
    guard(
        "a cancellation after goodwill gives back only the rest",
        "shared/domain/order/goodwill.py",
        "return line if after is bare else with_goodwill(after, line.goodwill)",
        "return line if after is bare else after",
    ),
    guard(
        "a payment without tax effect is not given back a second time",
        "shared/domain/planning/goodwill.py",
        "return _more_fee(fees, gone, 0) if gone else fees",
        "return fees",
    ),
    guard(
        "a replacement carries its share of goodwill",
        "shared/domain/planning/replacements.py",
        "return carrying_goodwill(carried, line, rest)",
        "return carried",
    ),
    guard(
        "shipping is given back by right alone",
        "shared/domain/planning/edits/credit.py",
        'return not self.shipping or draft.rights.allowed(f"{self.op}.shipping", None, "/goodwill/on")',
        "return True",
    ),
    guard(
        "what an amendment cancels of a running subscription stops",
        _LESSENING,
        "    if running(draft, line):\n        stop(",
        "    if False:\n        stop(",
    ),
    guard(
        "nothing joins or leaves a subscription that has ended",
        _LESSENING,
        "    if ended(draft, line):\n",
        "    if False:\n",
    ),
    guard(
        "units count from the day on which they join",
        "shared/domain/planning/reprice_lines.py",
        "running(draft, line) and not wish.as_never_begun",
        "False",
    ),
    guard(
        "a list price is not taken for that of a term",
        "shared/domain/planning/added_prices.py",
        "if asked.unit_price is None or asked.charges or not asked.start or not asked.end:",
        "if False:",
    ),
    guard(
        "charges are given by whoever may",
        "shared/domain/planning/added_prices.py",
        'if not draft.rights.allowed(f"{asked.op}.charges", None, where):',
        "if False:",
    ),
    guard(
        "a digest tells the charges of an added line",
        "shared/domain/planning/digest.py",
        " | _charges(change, key)",
        "",
    ),
    guard(
        "what a line tells of its past is bounded",
        "shared/domain/planning/reprice_lines.py",
        "> MAX_HISTORY:",
        "> 10**9:",
    ),
    guard(
        "what a line has used as another product stays paid",
        "shared/domain/planning/reprice_lines.py",
        "    if running(draft, was) and draft.today is not None:",
        "    if False:",
    ),
    guard(
        "a running line becomes no product that is taxed otherwise",
        "shared/domain/planning/edits/replace_sku.py",
        "if running(draft, line) and is_other_category(draft, line.sku, product):",
        "if False:",
    ),
    guard(
        "an undone upgrade pays what was used",
        "shared/domain/planning/edits/restored_line.py",
        "if (was.sku, was.charges) != (line.sku, line.charges):",
        "if False:",
    ),
    guard(
        "a term that is added has bounds",
        "shared/domain/planning/edits/add_line.py",
        "        if not _may_be(draft, self.sku, start, end, pointer):",
        "        if False:",
    ),
    guard("a term has a longest", "shared/domain/policy/terms.py", "if days > max(", "if False and days > max("),
    guard(
        "a new order's terms have bounds",
        "shared/usecases/intake/take_order.py",
        "    _check_terms(services.policies.current(), accepted)\n",
        "",
    ),
    guard(
        "dates of which no charge tells the cost grow no longer",
        _LESSENING,
        "if line.gross and not is_timed(line.charges) and",
        "if False and",
    ),
    guard(
        "dates move within bounds",
        "shared/domain/planning/edits/set_dates.py",
        " and may_last(draft, line, start, end, pointer)",
        "",
    ),
    guard(
        "what units have used stays paid when they leave",
        "shared/domain/order/unit_terms.py",
        "if gone and today is not None and each.start_date < today:",
        "if False:",
    ),
    guard("a running subscription keeps its start", _LESSENING, "(start > line.start_date or end < ", "(end < "),
    guard(
        "what a subscription has used is not taken back by its end",
        _LESSENING,
        "start > line.start_date or end < min(line.end_date, today)",
        "start > line.start_date",
    ),
    guard(
        "an amendment takes nothing that a cancellation is denied",
        "shared/domain/planning/edit_rights.py",
        "        return self._heeded(rule, pointer)",
        "        return True",
    ),
    guard(
        "fewer units are judged as cancelled ones",
        _LESSENING,
        "return quantity > line.quantity or _may_lose(draft, line, line.quantity - quantity, pointer)",
        "return True",
    ),
    guard(
        "fewer days are judged as cancelled units",
        _LESSENING,
        "return end - start >= line.end_date - line.start_date or _may_lose(draft, line, 1, pointer)",
        "return True",
    ),
    guard(
        "another amount under a credit's key is declined",
        "shared/adapters/gateways/store_credit/gateway.py",
        'if (credited.get("amount"), credited.get("currency")) != (order.amount, order.currency):',
        "if False:",
    ),
    guard(
        "Stripe: a refund that carries our key is the answer",
        _STRIPE,
        "            if _key(refund) == order.key:\n                return _said(refund)\n",
        "            pass\n",
    ),
    guard(
        "Stripe: a payment's refunds stay within what was captured",
        _STRIPE,
        "if given + amount > theirs(order.captured, order.currency, STRIPE):",
        "if False:",
    ),
    guard(
        "Stripe: a refund goes under our key",
        _STRIPE,
        'refunds.create(wanted, {"idempotency_key": order.key})',
        "refunds.create(wanted, {})",
    ),
    guard(
        "Stripe: a void goes under our key",
        _STRIPE,
        'cancel(_intent(order), None, {"idempotency_key": order.key})',
        "cancel(_intent(order), None, {})",
    ),
    guard(
        "Adyen: a refund goes under our key",
        _ADYEN,
        '"amount": _amount(order, order.amount)}, _psp(order), order.key',
        '"amount": _amount(order, order.amount)}, _psp(order), None',
    ),
    guard(
        "Adyen: a void goes under our key",
        _ADYEN,
        "cancel_authorised_payment_by_psp_reference(request, _psp(order), order.key)",
        "cancel_authorised_payment_by_psp_reference(request, _psp(order), None)",
    ),
    guard(
        "the sandbox: a call goes under our key",
        "shared/adapters/gateways/sandbox/gateway.py",
        'headers={"Content-Type": "application/json", "Idempotency-Key": key},',
        'headers={"Content-Type": "application/json", "Idempotency-Key": str(id(object()))},',
    ),
    guard(
        "a payment's refund has an id of its own",
        "shared/domain/change/commit.py",
        'named = f"{change_id}/{payment_id}" if',
        'named = f"{change_id}" if',
    ),
    guard(
        "a release has an id of its own",
        "shared/domain/change/commit.py",
        'else f"{change_id}/{payment_id}/{kind}"',
        'else f"{change_id}/{payment_id}"',
    ),
)
