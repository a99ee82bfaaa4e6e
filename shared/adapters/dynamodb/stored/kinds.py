"""Every kind of stored value. Its shape is described in `shapes/`, which `python -m infra.generate` keeps."""

from shared.adapters.dynamodb.stored.kind import Kind
from shared.domain.audit.log import LogEntry
from shared.domain.audit.stock_count import StockCount
from shared.domain.change.change import Change
from shared.domain.change.events import Event
from shared.domain.change.step import StockMove
from shared.domain.order.line import Line
from shared.domain.order.order import Asset, Order
from shared.domain.order.product import Product
from shared.domain.order.progress import Progress
from shared.domain.policy.versions import PolicyVersion, Register
from shared.domain.replay.false_rejects import Refused
from shared.ports.requests import Answer
from shared.ports.walks import Walk

ORDER = Kind[Order]("order", Order)
"""As a header: without its lines, progress and assets, which have rows of their own."""

LINE = Kind[Line]("line", Line)
LINES = Kind[tuple[Line, ...]]("lines", tuple[Line, ...])
PROGRESS = Kind[dict[str, Progress]]("progress", dict[str, Progress])
ASSETS = Kind[tuple[Asset, ...]]("assets", tuple[Asset, ...])
CHANGE = Kind[Change]("change", Change)
ENTRY = Kind[LogEntry]("log entry", LogEntry)
EVENTS = Kind[tuple[Event, ...]]("events", tuple[Event, ...])
ANSWER = Kind[Answer]("answer", Answer)
PRODUCT = Kind[Product]("product", Product)
MOVES = Kind[tuple[StockMove, ...]]("stock moves", tuple[StockMove, ...], lazy=True)
POLICY_VERSION = Kind[PolicyVersion]("policy version", PolicyVersion, lazy=True)
REGISTER = Kind[Register]("register", Register, lazy=True)
REFUSED = Kind[Refused]("refused request", Refused, lazy=True)
WALK = Kind[Walk]("walk", Walk, lazy=True)
TALLIES = Kind[dict[str, StockCount]]("tallies", dict[str, StockCount], lazy=True)
