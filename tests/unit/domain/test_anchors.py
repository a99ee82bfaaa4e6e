"""Anchors add to a chain of hashes: one that was rewritten and sealed anew holds in itself only."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.audit.log import GENESIS, Anchor, LogEntry, sealed, verify


def a_chain(length: int, **first: str) -> list[LogEntry]:
    """Entries chained by their hashes; `first` is said by the first of them."""
    chain: list[LogEntry] = []
    for seq in range(1, length + 1):
        entry = LogEntry(
            order_id="ord-1",
            seq=seq,
            at=datetime(2026, 11, 20, tzinfo=UTC),
            action="order_amended",
            by="usr-agent",
            role="agent",
            version=seq,
            previous_hash=chain[-1].hash if chain else GENESIS,
        )
        chain.append(sealed(replace(entry, **first) if seq == 1 else entry))  # type: ignore[arg-type]
    return chain


def anchors_at(chain: list[LogEntry], *seqs: int) -> list[Anchor]:
    return [Anchor(seq=seq, hash=chain[seq - 1].hash) for seq in seqs]


def test_without_anchors_nothing_is_held_fast() -> None:
    chain = a_chain(3)
    result = verify(chain, 3, chain[-1].hash)
    assert (result.verified, result.anchored_to) == (True, None)


@given(st.integers(1, 6), st.sets(st.integers(1, 6)))
def test_an_honest_chain_agrees_with_every_anchor(length: int, seqs: set[int]) -> None:
    chain, known = a_chain(length), [seq for seq in seqs if seq <= length]
    result = verify(chain, length, chain[-1].hash, anchors_at(chain, *known))
    assert (result.verified, result.anchored_to) == (True, max(known, default=None))


@pytest.mark.parametrize("anchored", [1, 2, 3])
def test_a_chain_that_was_sealed_anew_contradicts_its_anchor(anchored: int) -> None:
    forged = a_chain(3, by="somebody-else")
    assert verify(forged, 3, forged[-1].hash).verified
    result = verify(forged, 3, forged[-1].hash, anchors_at(a_chain(3), anchored))
    assert (result.verified, result.broken_at) == (False, anchored)
    assert "anchored" in str(result.because)


def test_an_entry_that_was_anchored_and_is_gone_shows() -> None:
    """The tail was cut, and the order's head with it."""
    chain = a_chain(3)
    result = verify(chain[:2], 2, chain[1].hash, anchors_at(chain, 3))
    assert (result.verified, result.broken_at) == (False, 3)


def test_a_false_anchor_beside_the_true_one_never_makes_a_lie_true() -> None:
    forged = a_chain(2, by="somebody-else")
    both = [*anchors_at(a_chain(2), 2), *anchors_at(forged, 2)]
    assert not verify(forged, 2, forged[-1].hash, both).verified
