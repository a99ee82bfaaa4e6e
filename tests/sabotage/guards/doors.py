"""Every door is bounded, and what runs by itself has bounded time and memory."""

from tests.sabotage.guard import Guard, guard

_ISOLATED = "shared/usecases/core/isolate_failures.py"
_CURSORS, _PAGES, _CALL, _RESOLVER = (
    f"shared/http/door/{name}.py" for name in ("cursors", "pages", "call", "resolver")
)
_READ = "functions/read/handler.py"
_BOUNDS = "shared/domain/order/bounds.py"
_PAYMENT = "shared/domain/order/payment.py"
_PLAIN = "shared/domain/plain_text.py"

GUARDS: tuple[Guard, ...] = (
    guard("a sweep ends before its time is up", _ISOLATED, "if until.is_up:", "if False:"),
    guard(
        "a job of a sweep leaves the others their share of the time",
        "shared/usecases/core/time_left.py",
        "self.kept + left * (parts - 1) / parts",
        "self.kept",
    ),
    guard(
        "what failed keeps nothing alive",
        _ISOLATED,
        "[without_frames(error)] if len(troubles)",
        "[error] if len(troubles)",
    ),
    guard(
        "what runs by itself reads no bodies",
        "shared/adapters/dynamodb/changes.py",
        ", keys, OF_A_REFERENCE)",
        ", keys)",
    ),
    guard(
        "a cursor is signed",
        _CURSORS,
        "if not given.isascii() or not hmac.compare_digest(signature, _signature(call, key, cursor, asked)):",
        "if not given.isascii():",
    ),
    guard("a cursor is one person's", _CURSORS, "[who.id, who.customer_id, sorted(who.roles), ", "["),
    guard("a cursor is of one list", _CURSORS, "where, listed, cursor]", "cursor]"),
    guard("the pages of a plan are of one plan", _READ, ', of={"digest": plan.digest}', ""),
    guard("a page is below 1 MB", _PAGES, "if fitting == len(items) or asked.limit == 1:", "if True:"),
    guard(
        "a page of what is there is below 1 MB",
        _PAGES,
        "    items = items[: max(1, how_many_fit(items, MAX_PAGE_BYTES - AROUND))]\n",
        "",
    ),
    guard(
        "a plan in a reply is cut to size",
        "shared/http/resources/plan/view.py",
        "return within(whole_plan_view(plan), _LONG, MAX_BYTES)",
        "return whole_plan_view(plan)",
    ),
    guard("what is cut is named", "shared/http/parts/sizes.py", 'view | kept | {"left_out": left_out}', "view | kept"),
    guard(
        "lists read no bodies",
        "shared/adapters/dynamodb/changes.py",
        'wanted, ("change_id", "part"), OF_A_SUMMARY',
        'wanted, ("change_id", "part")',
    ),
    guard("a summary's words are short", "shared/domain/change/summary.py", "if len(text) <= LONGEST", "if True"),
    guard("an order has so many lines", _BOUNDS, "if size.lines > MAX_LINES:", "if False:"),
    guard("an order's texts are bounded", _BOUNDS, "if size.text > MAX_TEXT:", "if False:"),
    guard(
        "no edit makes an order too large",
        "shared/domain/planning/growth.py",
        'return excess(size_of(after.lines), "/edits")',
        "return None",
    ),
    guard("a reference has one form", _PAYMENT, "plain(self.reference) or None", "self.reference"),
    guard(
        "two spellings are one payment",
        _PAYMENT,
        "plain(gateway).casefold(), plain(reference).casefold()",
        "gateway, reference",
    ),
    guard("an e-mail is one address", _PLAIN, " and _ADDRESS.fullmatch(text) is not None", ""),
    guard("an e-mail is no encoded word", _PLAIN, ' and "=?" not in text', ""),
    guard(
        "a letter goes to one plain address",
        "shared/domain/order/party.py",
        "return self.email if self.email and is_address(self.email) else None",
        "return self.email",
    ),
    guard(
        "assets come in pages",
        "functions/read/handler.py",
        "    return sliced(call, bootstrap.cursor_key, wanted, assets, asset_view, of=of)",
        '    return shown({"items": [asset_view(each) for each in assets], "next_cursor": None})',
    ),
    guard(
        "a new order is measured whatever door it comes in by",
        "shared/domain/intake/to_order.py",
        "    if found := excess(size_of(order.lines), pointer):",
        "    if False and (found := excess(size_of(order.lines), pointer)):",
    ),
    guard("a greeting holds no link", "shared/wording/letters.py", " and not leads_somewhere(name)", ""),
    guard(
        "a letter holds no link of others",
        "shared/wording/plan_in_words.py",
        "return for_people(given)",
        "return given",
    ),
    guard(
        "the page behind a link holds no link of others",
        "shared/http/parts/view.py",
        "return for_people(value) if isinstance(value, str) else value",
        "return value",
    ),
    guard(
        "who agrees reads where their goods go",
        "shared/wording/plan_in_words.py",
        "{_moved(plan.address_before, plan.address_after)}",
        "new",
    ),
    guard(
        "the terms of an amendment tell what goes",
        "shared/http/resources/terms/view.py",
        "        return sum(max(0, -_rise(change)) for change in plan.lines)",
        "        return 0",
    ),
    guard(
        "the terms of an amendment tell what comes",
        "shared/http/resources/terms/view.py",
        "        return sum(max(0, _rise(change)) for change in plan.lines)",
        "        return 0",
    ),
    guard(
        "a letter holds no link of numbers",
        _PLAIN,
        'lambda found: ". ".join(_DOTS.split(found[0]))',
        "lambda found: found[0]",
    ),
    guard("a letter holds no markup of others", _PLAIN, '_TAG.sub("< ", plain(text))', "plain(text)"),
    guard(
        "a letter holds no script and no call of others",
        _PLAIN,
        "|(?:javascript|vbscript|data|file|tel|sms|callto|skype):(?=\\S)",
        "",
    ),
    guard("a body is UTF-8", _CALL, 'if charsets - {"utf-8", "utf8"}:', "if False:"),
    guard("a body is sent as it is", _CALL, 'not in ("", "identity"):', "in ():"),
    guard(
        "a channel's body is JSON too",
        "functions/intake/handler.py",
        "channels.read(channel, call.document())",
        "channels.read(channel, call.raw)",
    ),
    guard("bytes that were no character are no UTF-8", "shared/strict_json.py", "if _REPLACED in raw:", "if False:"),
    guard(
        "a text holds no control character",
        "shared/http/door/validation.py",
        "if unseen := tuple(islice(unseen_in(value), MAX_TOLD)):",
        "if unseen := ():",
    ),
    guard(
        "a version has one path",
        "shared/http/door/version_numbers.py",
        "if not _NUMBER.fullmatch(given):",
        "if not given.isdecimal():",
    ),
    guard(
        "customers read no reasons that are staff's alone",
        "shared/usecases/core/planning.py",
        ', guarded=role != "customer"',
        "",
    ),
    guard("a parameter is given once", _RESOLVER, "        call.check_said_once()\n", ""),
    guard(
        "a parameter of a public route is given once",
        _RESOLVER,
        "check_said_once(repeated_in(app.current_event))",
        "pass",
    ),
    guard(
        "of two keys neither is looked up",
        "shared/http/door/preconditions.py",
        "if call.is_dry_run or call.repeated:",
        "if call.is_dry_run:",
    ),
    guard(
        "a pointer ends where the body does",
        _RESOLVER,
        '    if isinstance(error, Refusal) and "call" in app.context:',
        "    if False:",
    ),
    guard(
        "no library's words are told",
        "shared/http/door/validation.py",
        "_CODES.get(kind, _UNKNOWN)",
        '_CODES.get(kind, ("malformed-value", complaint["msg"].replace("{", "(").replace("}", ")")))',
        redundant="every complaint of pydantic's that our models can make has words of its own today",
    ),
)
