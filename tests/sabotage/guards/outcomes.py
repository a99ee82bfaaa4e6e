"""These guards keep an unknown outcome from being called a failure, and money from going back twice unseen."""

from tests.sabotage.guard import Guard, guard

_PAY = "shared/usecases/refunding/pay_refund.py"
_SETTLE = "shared/usecases/refunding/settle_refund.py"
_BY_HAND = "shared/usecases/refunding/settle_by_hand.py"
_STEPS = "shared/usecases/refunding/refund_steps.py"
_ASK = "shared/usecases/refunding/ask_gateway.py"
_WORD = "shared/usecases/refunding/gateway_word.py"
_RECONCILE = "shared/usecases/reconciling/reconcile_refunds.py"
_SWEEP = "shared/usecases/sweeping/ask_about_refunds.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "only what was declined has failed",
        "shared/ports/outcomes.py",
        'outcome="declined" if name in DECLINES else "unknown"',
        'outcome="declined"',
    ),
    guard(
        "what a person was asked about is not asked for again",
        _PAY,
        '    if refund.status == "unknown":\n        raise',
        "    if False:\n        raise",
    ),
    guard(
        "a refusal after a lost answer proves nothing where nobody can ask",
        _PAY,
        "        if again and wanted.gateway in UNASKABLE:\n",
        "        if False:\n",
    ),
    guard(
        "a connection that is gone declines nothing that may have been asked for",
        _PAY,
        "        if never_asked:\n",
        "        if True:\n",
    ),
    guard(
        "what is known by then is not called unknown",
        _SETTLE,
        '        if refund.status not in ("requested", "pending"):\n            return None\n',
        "",
    ),
    guard(
        "a settlement under another reference is not dropped",
        _SETTLE,
        " if is_another(refund, reference) else None",
        " if False else None",
    ),
    guard(
        "the same settlement is no other",
        _SETTLE,
        "bool(reference and refund.reference) and reference not in known",
        "bool(reference and refund.reference)",
    ),
    guard(
        "what is settled twice is not completed",
        "shared/domain/change/refund.py",
        " and not self.came_back and not self.also_settled_as",
        " and not self.came_back",
    ),
    guard(
        "an answer that is none declines nothing",
        _ASK,
        '        return GatewayAnswer(outcome="unknown", words=describe_error(error))',
        '        return GatewayAnswer(outcome="declined", words=describe_error(error))',
    ),
    guard(
        "a gateway that cannot be asked declines nothing",
        _ASK,
        "    if wanted.gateway in UNASKABLE:\n",
        "    if False:\n",
    ),
    guard(
        "of what is only asked for silence says nothing",
        _ASK,
        "    if refund.status in _UNASKED:\n",
        "    if False:\n",
    ),
    guard(
        "what a gateway works on is not done",
        _ASK,
        '    done = said.status == "settled"\n',
        "    done = True\n",
    ),
    guard(
        "what its gateway has done is done",
        _WORD,
        '    if answer.outcome == "done":\n',
        "    if False:\n",
    ),
    guard(
        "what a gateway works on is waited for whatever somebody says",
        _WORD,
        "    if word is not None and not answer.under_way:\n",
        "    if word is not None:\n",
    ),
    guard(
        "somebody says what a gateway says that cannot be asked",
        _WORD,
        '    if refund.status != "failed" or answer.under_way:\n',
        "    if answer.under_way:\n",
    ),
    guard(
        "a word is on a refund of the change",
        _WORD,
        "    if words.keys() - {refund.refund_id for refund in change.refunds}:\n",
        "    if False:\n",
    ),
    guard(
        "paid by hand and at the gateway is kept as twice",
        _BY_HAND,
        "    if made is None or made == paid.reference:\n",
        "    if True:\n",
    ),
    guard(
        "reconciliation tells what is settled twice",
        _RECONCILE,
        "if refund.also_settled_as and (change.status in _UNDER_WAY or not seen_to):",
        "if False:",
    ),
    guard(
        "reconciliation finds what was settled by hand and at the gateway",
        _RECONCILE,
        'if said is not None and said.status == "settled" and is_another(refund, said.reference):',
        "if False:",
    ),
    guard(
        "the sweep asks about what is unknown alone",
        _SWEEP,
        'refund.status == "unknown" and refund.gateway not in UNASKABLE',
        "refund.gateway not in UNASKABLE",
    ),
    guard(
        "the sweep asks nobody who cannot be asked",
        _SWEEP,
        " and refund.gateway not in UNASKABLE",
        "",
    ),
)
