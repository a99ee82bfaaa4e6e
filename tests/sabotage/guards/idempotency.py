"""What makes a repeat harmless: a request under its key, a write whose answer was lost, a step that comes twice."""

from tests.sabotage.guard import Guard, guard

_TRANSACT = "shared/usecases/core/transact.py"
_REQUESTS = "shared/usecases/core/requests.py"
_TAKE = "shared/usecases/intake/take_order.py"
_RECEIVE = "shared/usecases/fulfilling/receive_event.py"
_CALL = "shared/http/door/call.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "a refused repeat gets its first answer",
        _TRANSACT,
        "        if refusal.code not in BEFORE_REPLAY and (known := known_before(services.requests, request.key)):\n"
        "            return known\n        raise",
        "        raise",
    ),
    guard(
        "reach is checked before a known key is answered",
        _TRANSACT,
        "refusal.code not in BEFORE_REPLAY and (known :=",
        "(known :=",
    ),
    guard(
        "a key with another body is refused",
        _REQUESTS,
        "if record.request.body_hash != key.body_hash:",
        "if False:",
    ),
    guard(
        "of two twins the slower gets the faster one's answer",
        _TRANSACT,
        "        if known := known_before(services.requests, request.key):\n            return known\n"
        "        raise Conflict(",
        "        raise Conflict(",
    ),
    guard(
        "a key whose request changed nothing is known from then on",
        _TRANSACT,
        "    elif record:\n        services.requests.keep(record)\n",
        "",
    ),
    guard(
        "a change that waits is written again after a conflict",
        _TRANSACT,
        "        except Conflict:\n            services.clock.pause(",
        "        except ZeroDivisionError:\n            services.clock.pause(",
    ),
    guard(
        "a pause comes before the next try",
        _TRANSACT,
        "            services.clock.pause(PAUSE_SECONDS * 2**tried * services.ids.jitter())",
        "            pass",
    ),
    guard(
        "nobody tries more than six times",
        _TRANSACT,
        "for tried in range(ATTEMPTS - 1):",
        "for tried in range(ATTEMPTS):",
    ),
    guard(
        "what others have done meanwhile is looked for",
        _TRANSACT,
        "        if by_another and (outcome := _found(services, request, by_another)):\n            return outcome\n",
        "",
    ),
    guard(
        "intake: a repeated key gets its first answer",
        _TRANSACT,
        "    if known := known_before(services.requests, request.key):\n        return known\n"
        "    result = by_another()",
        "    result = by_another()",
    ),
    guard(
        "intake: the channel's order is known by its own id",
        _TAKE,
        "f'{channel}/{channel_order_id}'",
        "__import__('uuid').uuid4().hex",
    ),
    guard(
        "a known key is answered before the content is judged",
        "shared/http/door/preconditions.py",
        "    if known := known_before(services.requests, _key(call)):\n        return known\n",
        "",
    ),
    guard("a key is its principal's own", _CALL, "scope = [self.principal.id, ", "scope = ["),
    guard("a key is its route's own", _CALL, "self.route.method, self.route.path, dict(self.path)", "dict(self.path)"),
    guard("a key is its path's own", _CALL, "self.route.path, dict(self.path), given]", "self.route.path, given]"),
    guard(
        "a write whose answer was lost is recognised",
        "shared/adapters/dynamodb/orders.py",
        "            if wrote(self._client, self._tables.log, write.entry):\n                return\n",
        "",
    ),
    guard(
        "only one's own entry in the log says that one wrote",
        "shared/adapters/dynamodb/log.py",
        'any(values(row)["write_id"] == entry.write_id for row in reply["Items"])',
        'bool(reply["Items"])',
    ),
    guard(
        "a busy store is not the end of a wait",
        "shared/adapters/dynamodb/change_tokens.py",
        "            if not conflict.lost:\n                raise\n            return False",
        "            return False",
    ),
    guard(
        "a busy store does not settle a stage that was not committed",
        "shared/adapters/dynamodb/staging.py",
        "            if not conflict.lost:\n                raise\n            return False",
        "            return False",
    ),
    guard(
        "a payment that is only being written is not claimed",
        "shared/adapters/dynamodb/orders.py",
        'if conflict.lost and str(conflict) == "payment":',
        'if str(conflict) == "payment":',
    ),
    guard(
        "an acknowledgement that says the same again changes nothing",
        "shared/usecases/fulfilling/acknowledge_change.py",
        "return known is not None and (known.outcome, known.note) == (said.outcome, said.note)",
        "return False",
    ),
    guard(
        "a delivery that was seen is passed over",
        _RECEIVE,
        "    if deliveries.seen(department, delivery.event_id):\n        return\n",
        "",
    ),
    guard(
        "a delivery is kept once it is dealt with",
        _RECEIVE,
        "    deliveries.keep(",
        "    (lambda *_: None)(",
    ),
    guard(
        "a department acknowledges only what concerns it",
        _RECEIVE,
        " and department in delivery.departments:",
        ":",
    ),
    guard(
        "events are marked once they are on the bus",
        "shared/usecases/publishing/publish_events.py",
        "    bus.publish(events)\n    orders.mark_published(events)",
        "    orders.mark_published(events)\n    bus.publish(events)",
    ),
    guard(
        "what the bus took in part has failed",
        "shared/adapters/eventbridge.py",
        'if reply["FailedEntryCount"]:',
        "if False:",
    ),
)
