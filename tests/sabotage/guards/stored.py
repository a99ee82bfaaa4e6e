"""What keeps stored values readable, whatever the code that reads them has become."""

from tests.sabotage.guard import Guard, guard

_KIND = "shared/adapters/dynamodb/stored/kind.py"
_UPCAST = "shared/adapters/dynamodb/stored/upcast.py"
_COMPARE = "infra/shapes/compare.py"

_ANCHOR = "functions/anchor/handler.py"

GUARDS: tuple[Guard, ...] = (
    guard(
        "anchors contradict a chain that was sealed anew",
        "shared/domain/audit/log.py",
        "if hashes.get(anchor.seq) != anchor.hash:",
        "if False:",
    ),
    guard(
        "only new entries are anchored",
        _ANCHOR,
        ' if record["eventName"] == WRITTEN]',
        "]",
    ),
    guard("where some were rewritten, all that were new are anchored", _ANCHOR, "order_id in doubted or ", ""),
    guard("a rewritten entry is told", _ANCHOR, 'if record["eventName"] != WRITTEN]', "if False]"),
    guard(
        "an entry that nobody anchors is told",
        "shared/domain/audit/reconciliation.py",
        "    if late:\n",
        "    if False:\n",
    ),
    guard(
        "an anchor has an hour's time",
        "shared/domain/audit/reconciliation.py",
        " and entry.at + ANCHORED_WITHIN <= now",
        "",
    ),
    guard(
        "what is unanchored is a metric of its own",
        "functions/reconcile/handler.py",
        'difference.kind == "log-unanchored"',
        "False",
    ),
    guard("the log's reader compares with the anchors", "shared/bootstrap.py", "anchors=anchors(),", ""),
    guard("a shape that the code does not know is refused", _KIND, "if not 0 < number <= NUMBER:", "if False:"),
    guard("an older shape is brought to today's", _KIND, "        if due(self.name, number):", "        if False:"),
    guard(
        "a record of an edit is told by its tag",
        _UPCAST,
        "return needed and all(value[name] in allowed for name, allowed in tags.items() if allowed and name in value)",
        "return needed",
    ),
    guard(
        "another default takes a new number",
        _COMPARE,
        'if "default" in field and',
        'if False and "default" in field and',
    ),
    guard("a new field has a default", _COMPARE, 'if "default" not in is_[name]:', "if False:"),
    guard(
        "a hash covers the names of the first entries",
        "shared/domain/audit/log.py",
        "_HASHED_AS.get(name, name)",
        "field.name",
    ),
)
