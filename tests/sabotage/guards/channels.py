"""What a shop may send: bounded, so that it can be kept, and spelled as ours."""

from tests.sabotage.guard import Guard, guard

_PAYLOAD = "shared/adapters/channels/reading/payload.py"
_TEXTS = "shared/adapters/channels/reading/texts.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "from a shop: a text has a most of characters",
        _PAYLOAD,
        "if len(value) > most:\n            raise",
        "if False:\n            raise",
    ),
    guard(
        "from a shop: a list has a most of objects",
        _PAYLOAD,
        "if len(value) > most:\n            code",
        "if False:\n            code",
    ),
    guard("from a shop: an id is made of what ours are", _PAYLOAD, "if not _ID.fullmatch(written):", "if False:"),
    guard(
        "from a shop: years are those that periods are counted in", _PAYLOAD, "if time.year not in YEARS:", "if False:"
    ),
    guard("from a shop: amounts are in ASCII digits", _PAYLOAD, '{1,19})?", re.ASCII)', '{1,19})?")'),
    guard(
        "from a shop: what stands once for all lines is not repeated without end",
        "shared/domain/order/bounds.py",
        "if size.parts > MAX_PARTS:",
        "if False:",
    ),
    guard(
        "from a shop: payments are as few as ours",
        "shared/adapters/channels/shopify/payments.py",
        "if len(payments) > MAX_PAYMENTS:",
        "if False:",
    ),
    guard(
        "from a shop: a date is a time",
        _PAYLOAD,
        "if not _TIME.match(written):",
        "if False:",
    ),
    guard(
        "from a shop: every date is looked at",
        "shared/adapters/channels/woocommerce/reader.py",
        "    order.check_times(*_TIMES)\n",
        "",
    ),
    guard(
        "from a shop: a payment's reference names no other",
        "shared/adapters/channels/shopify/payments.py",
        "return written if _OWN_ID.fullmatch(written) else",
        "return written or",
    ),
    guard(
        "from a shop: a refund that names no goods calls a person",
        "shared/adapters/channels/woocommerce/refunds.py",
        "lines=unnamed(left.lines), ",
        "",
    ),
    guard(
        "from a shop: no more of a line comes back than there was",
        "shared/adapters/channels/reading/refunded.py",
        "if units < 0 or net < returned.net or tax < returned.tax:",
        "if False:",
    ),
    guard(
        "deductions have as many shares as a reply can hold",
        "shared/domain/intake/counts.py",
        "    parts += shares(len(new.lines), new.discounts, new.fees)\n",
        "",
    ),
    guard("from a shop: an e-mail is one address", _TEXTS, "address if is_address(address) else None", "address"),
    guard("from a shop: a SKU has no blanks around it", _TEXTS, ".strip() or None if given", " or None if given"),
    guard(
        "from a shop: an order in our shape is of the channel direct",
        "shared/usecases/intake/take_order.py",
        'if sent.channel != "direct":',
        "if False:",
    ),
)
