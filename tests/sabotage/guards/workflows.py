"""What waits outside, and what it is told: executions by name, tokens, letters, links, sweeps."""

from tests.sabotage.guard import Guard, guard

_STEPS = "shared/adapters/stepfunctions.py"
_STEER = "shared/usecases/publishing/start_workflows.py"
_ASK = "shared/usecases/confirming/ask_customer.py"
_TELL = "shared/usecases/refunding/tell_refunded.py"
_CONFIRM = "shared/usecases/confirming/decide_by_link.py"
_FOLLOW = "shared/usecases/confirming/follow_link.py"
_EXPIRE = "shared/usecases/core/expire_change.py"
_SILENT = "shared/usecases/confirming/lapse_confirmation.py"
_RESUME = "shared/usecases/sweeping/resume_changes.py"
_CHANGES = "shared/adapters/dynamodb/changes.py"

_UNSENT = "shared/usecases/sweeping/unsent_letters.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "a letter that went out is not asked for again",
        _UNSENT,
        "if attempt == 0 or services.changes.mailed(change.change_id, occasion):",
        "if attempt == 0:",
    ),
    guard(
        "whoever has no address is not written to over and over",
        _UNSENT,
        "return attempt if order and order.customer.email else 0",
        "return attempt",
    ),
    guard(
        "a table without room is given time",
        "shared/adapters/dynamodb/listing.py",
        "            patience.wait()",
        "            pass",
    ),
    guard(
        "an execution is named after its change and round",
        _STEPS,
        'f"{change_id}-{round_}{_further(attempt)}", given)',
        "f\"{change_id}-{round_}-{__import__('uuid').uuid4()}\", given)",
    ),
    guard(
        "an execution is named after its refund",
        _STEPS,
        "self._start(self._refund, refund_id, given)",
        "self._start(self._refund, f\"{refund_id}-{__import__('uuid').uuid4()}\", given)",
    ),
    guard(
        "an execution that is there already is no error",
        _STEPS,
        '            if error.response["Error"]["Code"] != "ExecutionAlreadyExists":\n                raise',
        "            raise",
    ),
    guard(
        "a token that is spent is no error",
        _STEPS,
        '            if error.response["Error"]["Code"] not in _SPENT:\n                raise',
        "            raise",
    ),
    guard(
        "an execution waits for the customer only",
        _STEER,
        'return event.type == type_ and event.data["party"] == "customer"',
        "return event.type == type_",
    ),
    guard(
        "whoever asks for a decision too late is answered at once",
        "shared/usecases/approving/ask_for_decision.py",
        "    workflows.answer(token, outcome_of(change))\n",
        "",
    ),
    guard(
        "whoever asks the customer too late is answered at once",
        _ASK,
        "        workflows.answer(wait.token, outcome_of(change, wait.round))",
        "        pass",
    ),
    guard(
        "nobody is written to about a round that is over",
        _ASK,
        "    if waits:\n        _write(",
        "    if True:\n        _write(",
    ),
    guard(
        "a letter that asks goes out once",
        _ASK,
        " or services.changes.mailed(change.change_id, occasion):",
        ":",
    ),
    guard(
        "a letter that asks is marked as sent",
        _ASK,
        "    services.changes.keep_mailed(change.change_id, occasion)\n",
        "",
    ),
    guard("a link is kept by its hash alone", _ASK, "token_hash=sha256(token),", "token_hash=token,"),
    guard("a letter that tells goes out once", _TELL, " or services.changes.mailed(address.change_id, occasion):", ":"),
    guard(
        "a letter that tells is marked as sent",
        _TELL,
        "    services.changes.keep_mailed(address.change_id, occasion)\n",
        "",
    ),
    guard("nobody is told of money that is not back", _TELL, ' or refund.status != "settled":', ":"),
    guard("nobody is told of money by a release", _TELL, ' or refund.kind != "refund" or', " or"),
    guard("a link expires", _FOLLOW, "if now >= link.expires_at:", "if False:"),
    guard(
        "a link of another order opens nothing",
        _CONFIRM,
        "if said.order_id not in (None, link.order_id):",
        "if False:",
    ),
    guard("a link is of its round", _CONFIRM, " or change.round != link.round:", ":"),
    guard(
        "a link is used once",
        _CONFIRM,
        "if not change.awaits_consent or change.round != link.round:",
        "if change.round != link.round:",
    ),
    guard(
        "a link of a change that has expired says so",
        _CONFIRM,
        "if change.status is ChangeStatus.EXPIRED:",
        "if False:",
    ),
    guard(
        "a link is of the terms that it showed",
        _CONFIRM,
        "_check_digests(change, link.digest, said.digest)",
        "_check_digests(change, said.digest)",
    ),
    guard(
        "a link decides on the terms that the holder names",
        _CONFIRM,
        "_check_digests(change, link.digest, said.digest)",
        "_check_digests(change, link.digest)",
    ),
    guard(
        "a confirmation that nobody gives ends in time",
        _SILENT,
        "if _waits(change, round_) and change.expires_at is not None and now >= change.expires_at:",
        "if False:",
    ),
    guard(
        "a customer is reminded in time",
        _SILENT,
        "reminding = change.remind_at is not None and now >= change.remind_at",
        "reminding = False",
    ),
    guard("a round of asking that is over is not waited for", _SILENT, " and change.round == round_", ""),
    guard(
        "only what is due expires",
        _EXPIRE,
        "if change is None or not _due(change, services):",
        "if change is None:",
    ),
    guard(
        "only an open change is due",
        _EXPIRE,
        "return change.is_open and change.expires_at",
        "return change.expires_at",
        redundant="a change that has ended or is committed has no deadline any more",
    ),
    guard("a change is due when its time is over", _EXPIRE, "services.clock.now() >= change.expires_at", "True"),
    guard(
        "what was asked is not started again",
        _RESUME,
        "    if services.changes.token(change.change_id, change.round) is None:",
        "    if True:",
    ),
    guard(
        "nobody asks a customer about the carrier",
        _RESUME,
        'elif change.waiting_for == "customer":',
        "else:",
    ),
    guard(
        "only a refund that was requested is started again",
        _RESUME,
        '        if refund.status == "requested":\n            workflows',
        "        if True:\n            workflows",
    ),
    guard(
        "a change falls out after its deadline only",
        _RESUME,
        "return bool(unheard) and now >= committed + deadline",
        "return bool(unheard)",
    ),
    guard(
        "a change that is answered does not fall out",
        _RESUME,
        "return bool(unheard) and now >= committed + deadline",
        "return now >= committed + deadline",
    ),
    guard(
        "an event is no larger than the bus takes",
        "shared/domain/change/event_size.py",
        "while _size(data | listed) > MAX_BYTES and",
        "while False and",
    ),
    guard(
        "unreadable changes do not hide those that are due",
        _CHANGES,
        "        for page in pages:",
        "        for page in list(pages)[:1]:",
    ),
    guard(
        "an unreadable change is left out of lists",
        _CHANGES,
        "for change in _readable(found) if",
        "for change in map(change_of, found) if",
    ),
    guard(
        "unreadable events do not hide those that wait",
        "shared/adapters/dynamodb/outbox.py",
        "    while len(found) < limit and (",
        "    if len(found) < limit and (",
    ),
    guard(
        "an order that cannot be looked at stops no walk",
        "shared/usecases/reconciling/reconcile_orders.py",
        "    except Exception as error:  # noqa: BLE001 (whatever it is, it stops no walk)\n        words",
        "    except ZeroDivisionError as error:\n        words",
    ),
    guard(
        "a gateway that fails stops no walk",
        "shared/usecases/reconciling/reconcile_refunds.py",
        "except Exception as error:  # noqa: BLE001 (whatever it is, it stops no walk)",
        "except ZeroDivisionError as error:",
    ),
    guard(
        "large writes that cannot be finished stop no walk",
        "shared/usecases/reconciling/reconcile_writes.py",
        "except Exception as error:  # noqa: BLE001 (whatever it is, what is still there is told)",
        "except ZeroDivisionError as error:",
    ),
)
