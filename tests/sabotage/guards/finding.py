"""Who finds which orders by a search, and what an erasure leaves of it."""

from tests.sabotage.guard import Guard, guard

_FINDER = "shared/adapters/dynamodb/finding.py"
_ROWS = "shared/adapters/dynamodb/find_rows.py"
_WRITE = "shared/adapters/dynamodb/order_write.py"
_WORDS = "shared/domain/order/search_words.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "a search finds a customer their own orders",
        _FINDER,
        'has = {"customer_id": found.head.customer.customer_id, "status"',
        'has = {"status"',
    ),
    guard(
        "a customer's search walks their own orders",
        _FINDER,
        'if customer := wanted.values.get("customer_id"):',
        'if customer := wanted.values.get(""):',
    ),
    guard(
        "an order of a customer must have the words",
        _FINDER,
        'if head and all((f"FIND#{each}", place) in there for each in asked):',
        "if head:",
    ),
    guard("several words are an order's together", _FINDER, "if others else {},", "if False else {},"),
    guard("words are hashed with the key", _ROWS, "hmac.digest(secret, f", 'hmac.digest(b"", f'),
    guard(
        "an erasure takes out what found the person",
        _ROWS,
        "find_key(each, place)) for each in gone)",
        "find_key(each, place)) for each in ())",
    ),
    guard(
        "an erasure leaves no personal word beside another",
        _ROWS,
        "place, beside = place_of(order), as_beside(islice(stay, BESIDE))",
        "place, beside = place_of(order), as_beside((*stay, *gone))",
    ),
    guard(
        "an erasure leaves no list of what found the person",
        _ROWS,
        "Listed(row.sort, (), row.others)",
        "row",
    ),
    guard(
        "a word that names somebody is personal whatever else it is",
        _WORDS,
        "if word not in found or (kind.personal and not found[word][0].personal):",
        "if word not in found:",
    ),
    guard(
        "no order waits for the key of a search",
        _WRITE,
        "    except GatewayUnavailable:",
        "    except ZeroDivisionError:",
    ),
    guard(
        "an order that was written meanwhile is not made findable as it was",
        "shared/adapters/dynamodb/make_findable.py",
        "_setting(given), _AS_READ, **given)",
        "_setting(given), **given)",
    ),
    guard(
        "a search has no control characters",
        "shared/http/resources/order/request.py",
        'if any(category(sign) == "Cc" for sign in value):',
        "if False:",
    ),
    guard(
        "no function logs its event",
        "shared/http/door/resolver.py",
        "clear_state=True)",
        "clear_state=True, log_event=True)",
    ),
)
