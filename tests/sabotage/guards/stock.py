"""What keeps stock from being promised twice, and rows that are read from being of two moments."""

from tests.sabotage.guard import Guard, guard

_SKUS = "shared/adapters/dynamodb/skus.py"
_STAGING = "shared/adapters/dynamodb/staging.py"
_ORDERS = "shared/adapters/dynamodb/orders.py"
_READING = "shared/adapters/dynamodb/order_reading.py"
_MOVES = "shared/adapters/dynamodb/stage_moves.py"
_SWEEP = "shared/adapters/dynamodb/stage_sweep.py"
_LOG = "shared/domain/audit/log.py"
_STOCKING = "shared/domain/planning/stock_cover.py"
_FITTING = "shared/domain/planning/edits/fit_to_stock.py"

_HELD = "taken(stage.moves) if move.sku in held):\n            self._run(stage, batch, "
_ALL = "taken(stage.moves)):\n            self._run(stage, batch, "
_LEAST = 'f"{name} >= :least_{name}" for name in falling'


def _without(counter: str) -> Guard:
    always = 'f"({name} >= :least_{name} OR NOT ({name} >= :least_{name}))"'
    instead = f'({always} if name == "{counter}" else f"{{name}} >= :least_{{name}}") for name in falling'
    return guard(f"{counter} is never negative", _SKUS, _LEAST, instead)


GUARDS: tuple[Guard, ...] = (
    *(_without(counter) for counter in ("available", "held", "allocated", "on_hand")),
    guard(
        "stock is not set below what is promised",
        "shared/usecases/intake/keep_catalogue.py",
        "if level.available < 0:",
        "if False:",
    ),
    guard(
        "an increase beyond stock is refused",
        "shared/domain/planning/stock_cover.py",
        "if -move.delta > available:",
        "if False:",
    ),
    guard(
        "an order takes no more than there is",
        "shared/domain/planning/stock_cover.py",
        "min(units, max(0, left[line.sku]))",
        "units",
    ),
    guard(
        "units that shipped before intake count as allocated",
        _STOCKING,
        "allocated=progress.shipped + taken",
        "allocated=taken",
    ),
    guard(
        "units that shipped while they were backordered count as allocated",
        _STOCKING,
        "allocated = max(line.allocated, progress.shipped)",
        "allocated = line.allocated",
    ),
    guard("units that shipped are not given back", _STOCKING, "line.allocated - progress.shipped", "line.allocated"),
    guard("two lines are not fitted to the same unit", _FITTING, " - draft.fitted[line.sku]", ""),
    guard("a line is fitted to what its change holds too", _FITTING, " + draft.held.get(line.sku, 0)", ""),
    guard(
        "backordered units that were counted leave on_hand when they ship",
        "shared/usecases/fulfilling/record_fulfilment.py",
        "(_counted(skus, line.sku, waited) if waited else 0)",
        "0",
    ),
    guard(
        "no more backordered units leave on_hand than were counted",
        "shared/usecases/fulfilling/record_fulfilment.py",
        "min(waited, skus.load([sku]).stock[sku].available)",
        "waited",
    ),
    guard(
        "no more is cancelled than is left",
        "shared/domain/planning/edits/cancel_units.py",
        "if line.quantity and wanted > line.quantity:",
        "if False:",
    ),
    guard(
        "no more is reported than the order holds",
        "shared/domain/order/fulfilment.py",
        "if reached > limit:",
        "if False:",
    ),
    guard(
        "staged: what was held is given back on failure",
        _STAGING,
        "        except Conflict:\n            self.abandoned(stage)\n            raise",
        "        except Conflict:\n            raise",
    ),
    guard(
        "staged: a commit that failed gives its holds back",
        _ORDERS,
        "            if self._staged.abandoned(stage):\n                raise",
        "            raise",
    ),
    guard("staged: all that there is must be all when it is held", _MOVES, ", available=move.available)", ")"),
    guard("staged: what is held need not be all that there is", _MOVES, ", available=None)", ")"),
    guard(
        "staged: what is held is settled once",
        _STAGING,
        f"{_HELD}rest",
        f"{_ALL}rest",
    ),
    guard(
        "staged: what is given is given once",
        _STAGING,
        "given(stage.moves) if move.sku not in done)",
        "given(stage.moves))",
    ),
    guard(
        "staged: only what was held is given back",
        _STAGING,
        f"{_HELD}unhold",
        f"{_ALL}unhold",
    ),
    guard(
        "staged: what was committed is never given back",
        _SWEEP,
        'if row["status"] == COMMITTED or not staged.abandoned(stage):\n        staged.settle(stage)',
        "staged.abandoned(stage)",
    ),
    guard(
        "a torn read: lines of a later version",
        _READING,
        "any(line.since > order.version for line in order.lines)\n        or fresh_lines",
        "fresh_lines",
    ),
    guard(
        "a torn read: lines of an earlier version",
        _READING,
        '        or fresh_lines(order) != head["fresh_lines"]\n',
        "",
    ),
    guard("a torn read: progress", _READING, '        or progressed(progress) != head["progressed"]\n', ""),
    guard("a torn read: assets", _READING, '        or total_entries(assets) != head["asset_entries"]\n', ""),
    guard(
        "a large write that cannot be finished stops none of those after it",
        _SWEEP,
        "except Exception as error:",
        "except ZeroDivisionError as error:",
    ),
    guard(
        "a waiting change holds within the bounds of its lines",
        "shared/domain/planning/holding.py",
        "share if rule.per_line is None else min(share, rule.per_line * max(1, growing.get(sku, 0)))",
        "share",
    ),
    guard(
        "a waiting change holds within the bounds of its order and its customer",
        "shared/domain/planning/holding.py",
        "        most = most if left is None else min(most, left)\n",
        "",
    ),
    guard(
        "stock is freed when its time is over",
        "shared/usecases/sweeping/mind_deadlines.py",
        "    free_holds(services, change.change_id)\n",
        "",
    ),
    guard(
        "units that wait are counted under their customer",
        "shared/domain/change/change.py",
        "return sum(self.holds.values()) if self.holds_counted else 0",
        "return 0",
    ),
)
