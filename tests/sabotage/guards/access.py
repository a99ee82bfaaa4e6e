"""Who may do what, and whose orders they reach: roles, ownership, signatures, tokens."""

from tests.sabotage.guard import Guard, guard

_ACCESS = "shared/usecases/core/access.py"
_APPROVING = "shared/usecases/approving/approver_check.py"
_DECIDE = "shared/usecases/approving/decide_change.py"
_RESOURCES = "shared/http/resources"
_TOKENS = "shared/http/identity/tokens.py"
_CALL = "shared/http/door/call.py"
_SIGNATURES = "shared/adapters/gateways/common/signatures.py"
_ADYEN = "shared/adapters/gateways/adyen/callbacks.py"
_CONSENT = 'if digest is None or actor.role != "customer" or not principal.owns(order.customer.customer_id):'

GUARDS: tuple[Guard, ...] = (
    guard(
        "a stage that is named like a route hides no route",
        "shared/http/door/base_path.py",
        "if not (base and behind_domain and",
        "if not (base and",
    ),
    guard(
        "an order is in reach of its own customer only",
        _ACCESS,
        "if order is None or not _reaches(principal, order.customer.customer_id):",
        "if order is None:",
    ),
    guard(
        "a change is in reach of its own customer only",
        _ACCESS,
        " or wrong_order or not _reaches(principal, change.customer_id):",
        " or wrong_order:",
    ),
    guard("a change is of the order in the path", _ACCESS, " or wrong_order or not", " or not"),
    guard(
        "a customer owns what bears their own id",
        _ACCESS,
        "return self.customer_id is not None and self.customer_id == customer_id",
        "return self.customer_id is not None",
    ),
    guard("a route is for its roles", _ACCESS, "bool(self.roles & roles) or", "bool(self.roles) or"),
    guard("scopes are a service's", _ACCESS, '"service" in self.roles and scope in', "scope in"),
    guard("a service holds the route's scope", _ACCESS, " and scope in self.scopes)", ")"),
    guard(
        "who may not use a route is kept out",
        _CALL,
        "if not self.principal.may(self.route.roles, self.route.scope):",
        "if False:",
    ),
    guard(
        "nobody comes in without the authorizer's word",
        "shared/http/identity/principal.py",
        'raise Refusal("unauthenticated", "Send a valid bearer token in the Authorization header.")',
        'return Principal(id="nobody", roles=frozenset())',
    ),
    guard(
        "roles that we do not know are none",
        "shared/http/identity/principal.py",
        "frozenset(role for role in ROLES if role in names)",
        "frozenset(names)",
    ),
    guard(
        "a decision is for the role that it waits for",
        _APPROVING,
        "if not in_person and in_place_of(given, role, now, ()) is None:",
        "if False:",
    ),
    guard(
        "nobody decides on their own change",
        _APPROVING,
        '    check_step("decide", change, principal, asked=True)\n',
        "",
    ),
    guard(
        "a customer's word is the owner's",
        _DECIDE,
        "if change.awaits_consent and request.principal.owns(change.customer_id):",
        "if change.awaits_consent:",
        redundant="the table of steps lets nobody else confirm either",
    ),
    guard(
        "what waits for a manager is not the owner's to decide",
        _DECIDE,
        "if change.awaits_consent and request.principal.owns(change.customer_id):",
        "if request.principal.owns(change.customer_id):",
    ),
    guard(
        "consent is in a customer's role",
        "shared/usecases/core/consents.py",
        _CONSENT,
        _CONSENT.replace(' or actor.role != "customer"', ""),
    ),
    guard(
        "consent is the owner's",
        "shared/usecases/core/consents.py",
        _CONSENT,
        _CONSENT.replace(" or not principal.owns(order.customer.customer_id)", ""),
        redundant="in the role of a customer, whoever is not the owner has not reached the order (access.py)",
    ),
    guard(
        "a customer lists their own",
        "shared/http/parts/listing.py",
        '            values["customer_id"] = principal.customer_id\n',
        "",
    ),
    guard(
        "a customer who asks for another's lists nothing",
        "shared/http/parts/listing.py",
        'if values.get("customer_id", principal.customer_id) != principal.customer_id:',
        "if False:",
    ),
    guard(
        "a customer without an id lists nothing",
        "shared/http/parts/listing.py",
        "            if principal.customer_id is None:\n"
        '                raise Refusal("forbidden", "Your token names no customer whose orders these could be.")\n',
        "",
    ),
    guard(
        "a cursor is of its own list", "shared/adapters/dynamodb/listing.py", "if scope != _scope(wanted):", "if False:"
    ),
    guard(
        "an index that rows are missing from is not walked whole",
        "shared/adapters/dynamodb/listing.py",
        " if not index.sparse)",
        ")",
    ),
    guard(
        "a sub code is erased",
        "shared/domain/change/change.py",
        "sub_code: str | None = field(default=None, metadata=erased_as(None))",
        "sub_code: str | None = None",
    ),
    guard(
        "the log is the staff's",
        f"{_RESOURCES}/history/routes.py",
        '/log", "read", roles=STAFF)',
        '/log", "read", roles=READERS)',
    ),
    guard("activating is not a customer's", f"{_RESOURCES}/asset/routes.py", "roles=ACTIVATORS)", "roles=READERS)"),
    guard(
        "resolving is an operator's",
        f"{_RESOURCES}/resolution/routes.py",
        "roles=OPERATORS)",
        'roles=OPERATORS | {"agent", "lead", "manager", "finance"})',
    ),
    guard(
        "settling by hand is for who pays",
        f"{_RESOURCES}/settlement/routes.py",
        "roles=PAYERS)",
        'roles=PAYERS | {"agent", "lead", "manager"})',
    ),
    guard(
        "acknowledging needs its scope",
        f"{_RESOURCES}/acknowledgement/routes.py",
        'scope="acknowledgements"',
        'scope="channels"',
    ),
    guard(
        "intake needs its scope",
        f"{_RESOURCES}/order/routes.py",
        '"/orders", "intake", scope="channels")',
        '"/orders", "intake", roles=READERS, scope="channels")',
    ),
    guard(
        "an amendment needs an If-Match",
        f"{_RESOURCES}/amendment/routes.py",
        "owned=True, needs_if_match=True,",
        "owned=True,",
    ),
    guard(
        "a cancellation needs an If-Match",
        f"{_RESOURCES}/cancellation/routes.py",
        "owned=True, needs_if_match=True,",
        "owned=True,",
    ),
    guard("a token is a bearer's", _TOKENS, 'if scheme.lower() != "bearer":', "if False:"),
    guard(
        "a token is signed by a key that we know",
        _TOKENS,
        '"verify_aud": False}',
        '"verify_aud": False, "verify_signature": False, "verify_exp": True, "verify_iss": True}',
    ),
    guard("a token is of our issuer", _TOKENS, "            issuer=self.issuer,\n", ""),
    guard("a token is for us", _TOKENS, " and each in self.audiences for each", " for each"),
    guard("a token expires", _TOKENS, '"verify_aud": False}', '"verify_aud": False, "verify_exp": False}'),
    guard(
        "a token says how long it holds",
        _TOKENS,
        '"require": ["sub", "iss", "iat", "exp"]',
        '"require": ["sub", "iss", "iat"]',
    ),
    guard(
        "the sandbox's reports are signed",
        "shared/adapters/gateways/sandbox/callbacks.py",
        "        check_signature(raw, headers.get(HEADER), self._secret, now)\n",
        "",
    ),
    guard(
        "Stripe's reports are signed",
        "shared/adapters/gateways/stripe/callbacks.py",
        "        check_signature(raw, headers.get(HEADER), self._secret(), now)\n",
        "",
    ),
    guard(
        "a signature is made with our secret",
        _SIGNATURES,
        "if not any(hmac.compare_digest(wanted.encode(), each.encode()) for each in signatures):",
        "if not signatures:",
    ),
    guard(
        "a signature grows old", _SIGNATURES, "if abs(now.timestamp() - int(stamps[0])) > REPLAY_WINDOW:", "if False:"
    ),
    guard("Adyen's items are signed each", _ADYEN, "            _check(item, key)\n", "            pass\n"),
    guard(
        "an Adyen item's signature is ours",
        _ADYEN,
        " or not hmac.compare_digest(signature_of(item, key).encode(), _bytes(given)):",
        ":",
    ),
    guard(
        "an Adyen report without items is not signed",
        _ADYEN,
        "if not isinstance(items, list) or not items:",
        "if not isinstance(items, list):",
    ),
    guard("a request is no larger than 1 MB", _CALL, "if len(raw) > MAX_BODY:", "if False:"),
    guard("a report is no larger than any request", "functions/callback/handler.py", "    check_size(raw)\n", ""),
    guard(
        "a name in a path is no longer than a key may be",
        _CALL,
        "if any(len(name) > MAX_NAME for name in self.path.values()):",
        "if False:",
    ),
    guard("an Idempotency-Key has its length", _CALL, "if not 0 < len(given) <= MAX_KEY:", "if False:"),
)
