"""The stock that one large write moves: what is taken before its commit, what is given after, and how each is held."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.change.step import StockMove

KEPT = timedelta(days=60)
"""How long the marks of what is done are kept: long after the sweeper has been."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The staged stock of one write: all its moves, under the write's id. Its marks of what is done are kept `until`
    (epoch seconds)."""

    write_id: str
    moves: tuple[StockMove, ...]
    until: int

    @classmethod
    def of(cls, write_id: str, moves: tuple[StockMove, ...], at: datetime) -> "Stage":
        return cls(write_id, moves, int((at + KEPT).timestamp()))


def taken(moves: Iterable[StockMove]) -> list[StockMove]:
    """Moves that lower what is available: these must be sure before the commit."""
    return [move for move in moves if available(move) < 0]


def given(moves: Iterable[StockMove]) -> list[StockMove]:
    """Moves that lower nothing: these can wait until after the commit."""
    return [move for move in moves if available(move) >= 0]


def available(move: StockMove) -> int:
    """By how many units what is available moves."""
    return move.on_hand - move.held - move.allocated


def hold(move: StockMove) -> StockMove:
    """Holds stock. A move that takes all that is available is held only if that is still all."""
    return StockMove(sku=move.sku, held=-available(move), available=move.available)


def unhold(move: StockMove) -> StockMove:
    """Gives back what `hold` has taken."""
    return StockMove(sku=move.sku, held=available(move))


def rest(move: StockMove) -> StockMove:
    """From held to where the write wants the units."""
    return replace(move, held=move.held + available(move), available=None)
