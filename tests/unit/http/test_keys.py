"""The issuer's keys: rotated, withdrawn, out of reach, or nonsense; asked for no more often than they need be."""

import io
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from shared.http.identity.jwks import (
    BETWEEN_FETCHES_SECONDS,
    KEPT_SECONDS,
    MAX_BYTES,
    UNREACHABLE_SECONDS,
    WITHOUT_KEYS_SECONDS,
    Keys,
    NoKeys,
    fetch_from,
)
from tests.unit.http.issuer import CURVE_KEY, KEY, OTHER_KEY, curve_jwk, jwk


class Issuer:
    """Counts how often its keys are fetched."""

    def __init__(self) -> None:
        self.fetched = 0
        self.answer: Any = {"keys": [jwk(KEY, "k1")]}
        self.now = 0.0
        self.keys = Keys(self.fetch, lambda: self.now)

    def fetch(self) -> Any:
        self.fetched += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def knows(self, key_id: str) -> bool:
        return self.keys.find(key_id) is not None


@pytest.fixture
def issuer() -> Issuer:
    return Issuer()


def test_a_rotated_key_is_found_by_one_more_fetch(issuer: Issuer) -> None:
    assert issuer.knows("k1")
    issuer.answer = {"keys": [jwk(OTHER_KEY, "k2")]}
    issuer.now += BETWEEN_FETCHES_SECONDS + 1
    assert (issuer.knows("k2"), issuer.fetched) == (True, 2)
    assert not issuer.knows("k1")


def test_a_known_key_is_not_fetched_again_for_an_hour(issuer: Issuer) -> None:
    assert issuer.knows("k1")
    issuer.now += KEPT_SECONDS
    assert (issuer.knows("k1"), issuer.fetched) == (True, 1)


def test_unknown_key_ids_do_not_make_us_fetch_at_their_pace(issuer: Issuer) -> None:
    assert not any(issuer.knows(f"unknown-{number}") for number in range(100))
    assert issuer.fetched == 1


@pytest.mark.parametrize("keys", [[], [jwk(OTHER_KEY, "k2")]], ids=["none left", "others"])
def test_a_withdrawn_key_is_forgotten_in_time(issuer: Issuer, keys: list[Any]) -> None:
    assert issuer.knows("k1")
    issuer.answer = {"keys": keys}
    issuer.now += KEPT_SECONDS + 1
    assert not issuer.knows("k1")


NO_ANSWERS = {
    "unreachable": OSError("timed out"),
    "not JSON": ValueError("Expecting value"),
    "a page": "<html>",
    "no keys": {},
    "keys that are none": {"keys": "k1"},
    "a list": [],
}


@pytest.mark.parametrize("answer", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_while_the_issuer_gives_no_keys_those_we_have_are_good(issuer: Issuer, answer: Any) -> None:
    assert issuer.knows("k1")
    issuer.answer = answer
    issuer.now += UNREACHABLE_SECONDS
    assert issuer.knows("k1")
    assert not issuer.knows("k2")


def test_but_not_for_ever_for_one_of_them_may_be_withdrawn(issuer: Issuer) -> None:
    assert issuer.knows("k1")
    issuer.answer = OSError()
    issuer.now += UNREACHABLE_SECONDS + 1
    with pytest.raises(NoKeys):
        issuer.knows("k1")


def test_an_issuer_that_fails_is_not_asked_with_every_token(issuer: Issuer) -> None:
    """Each try may take seconds, in which nobody comes in."""
    assert issuer.knows("k1")
    issuer.answer = OSError()
    issuer.now += KEPT_SECONDS + 1
    assert [issuer.knows("k1") for _ in range(100)] == [True] * 100
    assert [issuer.knows(f"unknown-{number}") for number in range(100)] == [False] * 100
    assert issuer.fetched == 2


def test_without_any_key_it_is_asked_again_soon(issuer: Issuer) -> None:
    good, issuer.answer = issuer.answer, OSError()
    for _ in range(3):
        with pytest.raises(NoKeys):
            issuer.knows("k1")
    issuer.answer = good
    issuer.now += WITHOUT_KEYS_SECONDS + 1
    assert (issuer.knows("k1"), issuer.fetched) == (True, 2)


UNUSABLE = {
    "no object": "k2",
    "no kind": {"kid": "k2"},
    "a secret": {"kid": "k2", "kty": "oct", "k": "c2VjcmV0"},
    "for encryption": jwk(OTHER_KEY, "k2", use="enc"),
    "of another algorithm": jwk(OTHER_KEY, "k2", alg="RS512"),
    "broken": jwk(OTHER_KEY, "k2", n="?"),
    "half": {"kid": "k2", "kty": "RSA", "e": "AQAB"},
    "too short": jwk(rsa.generate_private_key(public_exponent=65537, key_size=1024), "k2"),  # noqa: S505
    "of another curve": curve_jwk(ec.generate_private_key(ec.SECP384R1()), "k2"),
    "without an id": {name: value for name, value in jwk(OTHER_KEY, "k2").items() if name != "kid"},
    "with an id that is no text": jwk(OTHER_KEY, "k2") | {"kid": 2},
}


@pytest.mark.parametrize("entry", UNUSABLE.values(), ids=UNUSABLE)
def test_one_key_that_cannot_be_used_does_not_spoil_the_others(issuer: Issuer, entry: Any) -> None:
    issuer.answer = {"keys": [entry, jwk(KEY, "k1")]}
    assert (issuer.knows("k2"), issuer.knows("k1")) == (False, True)


def test_a_key_signs_by_the_algorithm_of_its_kind(issuer: Issuer) -> None:
    issuer.answer = {"keys": [jwk(KEY, "k1"), curve_jwk(CURVE_KEY, "e1")]}
    found = [issuer.keys.find(key_id) for key_id in ("k1", "e1")]
    assert [key.algorithm_name for key in found if key] == ["RS256", "ES256"]


def test_keys_come_from_the_web_only() -> None:
    with pytest.raises(ValueError, match="web address"):
        fetch_from("file:///etc/passwd")


@pytest.mark.parametrize(("spaces", "found"), [(0, True), (MAX_BYTES, False)])
def test_an_answer_without_end_is_no_answer(monkeypatch: pytest.MonkeyPatch, spaces: int, found: bool) -> None:
    answer = b" " * spaces + json.dumps({"keys": [jwk(KEY, "k1")]}).encode()
    monkeypatch.setattr("urllib.request.urlopen", lambda url, timeout: io.BytesIO(answer))
    keys = Keys(fetch_from("https://issuer.example/jwks.json"))
    if found:
        assert keys.find("k1")
    else:
        with pytest.raises(NoKeys):
            keys.find("k1")
