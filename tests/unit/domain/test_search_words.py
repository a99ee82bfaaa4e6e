"""What people type and what orders hold take one form; each text of an order is one that it is found by, or is not."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.change.change import SYSTEM
from shared.domain.change.found_by import found_by
from shared.domain.change.step import Step
from shared.domain.order.order import Order
from shared.domain.order.party import Customer, Source
from shared.domain.order.payment import Payment, PaymentStatus
from shared.domain.order.progress import Progress
from shared.domain.order.search_words import Kind, folded, rarity, said_of, terms_of, words_by_text, words_of
from tests.fakes import an_order
from tests.fakes.builders import HOME
from tests.fakes.world import NOW


@pytest.mark.parametrize(
    "typed", ["Müller", "Muller", "Mueller", "MU\u0308LLER", "müller,", "  mueller ", "\u201eMüller\u201c"]
)
def test_an_umlaut_is_found_by_each_of_its_spellings(typed: str) -> None:
    for kept in ("Müller", "Mueller", "Muller"):
        assert set(terms_of(typed)) <= set(words_of(Kind.NAME, f"Jörg {kept}"))


@pytest.mark.parametrize(
    ("kind", "kept", "typed"),
    [
        (Kind.NAME, "Anna-Lena Groß", "gross"),
        (Kind.NAME, "Anna-Lena Groß", "lena"),
        (Kind.NAME, "Anna-Lena Groß", "Anna-Lena"),
        (Kind.NAME, "Seán O'Brien", "o\u2019brien"),
        (Kind.NAME, "Łukasz Żółć", "lukasz zolc"),
        (Kind.NAME, "Søren Kierkegård", "Soren Kierkegard"),
        (Kind.NAME, "\uff21\uff24\uff21", "ada"),
        (Kind.NAME, "Παπαδόπουλος", "ΠΑΠΑΔΟΠΟΥΛΟΣ"),
        (Kind.NUMBER, "#1001", "1001"),
        (Kind.NUMBER, "1001", "#1001"),
        (Kind.NUMBER, "PO 4711/A", "po 4711/a"),
        (Kind.NUMBER, "PO 4711", "PO4711"),
        (Kind.PLACE, "SW1A 1AA", "sw1a1aa"),
        (Kind.PLACE, "SW1A 1AA", "SW1A 1AA"),
        (Kind.EMAIL, "Ada.Lovelace@Example.com", "ada.lovelace@example.COM"),
        (Kind.SKU, "MUG-Blue", "mug-blue"),
    ],
)
def test_a_text_is_found_whatever_its_case_marks_and_blanks(kind: Kind, kept: str, typed: str) -> None:
    assert set(terms_of(typed)) <= set(words_of(kind, kept))


@pytest.mark.parametrize(
    ("kind", "kept", "typed"),
    [
        (Kind.NAME, "Müller", "Mül"),
        (Kind.NAME, "Müller", "Mül*"),
        (Kind.NAME, "Müller", "%"),
        (Kind.NAME, "Müller", "M_ller"),
        (Kind.NUMBER, "10011", "1001"),
        (Kind.EMAIL, "ada@example.com", "example.com"),
        (Kind.EMAIL, "ada@example.com", "ada"),
        (Kind.EMAIL, "mueller@example.com", "muller@example.com"),
    ],
)
def test_words_are_whole_and_no_sign_is_a_wildcard(kind: Kind, kept: str, typed: str) -> None:
    assert not set(terms_of(typed)) & set(words_of(kind, kept))


@pytest.mark.parametrize("typed", ["", " ", "a", "* ?", "#", "--", "a b c", "\u200b\u200b"])
def test_what_has_no_word_of_two_characters_asks_for_nothing(typed: str) -> None:
    assert terms_of(typed) == ()


@given(st.text(max_size=200))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_ascii_takes_the_same_form_the_quick_way(text: str) -> None:
    assert folded(text) == folded(f"{text}é")[:-1]


@given(st.text(max_size=60))
def test_whatever_an_order_has_is_found_by_itself(text: str) -> None:
    for kind in (Kind.NUMBER, Kind.SKU, Kind.EMAIL, Kind.PLACE):
        assert set(terms_of(text)) <= set(words_of(kind, text))


def a_full_order() -> Order:
    paid = Payment(payment_id="p", method="card", gateway="g", reference="ch_123", status=PaymentStatus.CAPTURED)
    who = Customer(customer_id="cus-1", tier="gold", email="ada@example.com", name="Ada Lovelace")
    order = an_order("#1001").with_line("MUG", 1, 1000).build(l1=Progress(shipped=1, tracking=("1Z999",)))
    return replace(
        order, customer=who, source=Source(type="shop", reference="Q-7"), payments=(paid,),
        billing_address=replace(HOME, name="Bo Diddley", postal_code="90210"),
    )  # fmt: skip


def test_an_order_is_found_by_its_numbers_people_places_payments_parcels_and_skus() -> None:
    found = words_by_text(said_of(a_full_order()))
    assert {word: kind.personal for word, (kind, _) in found.items()} == {
        "1001": False, "q-7": False, "ch_123": False, "1z999": False, "mug": False,
        "ada@example.com": True, "ada": True, "lovelace": True, "bo": True, "diddley": True,
        "62701": True, "90210": True,
    }  # fmt: skip


def test_a_word_that_says_who_somebody_is_and_something_else_is_personal() -> None:
    order = replace(a_full_order(), channel_order_id="Lovelace")
    assert words_by_text(said_of(order))["lovelace"][0].personal


def test_the_rarest_word_is_looked_up_first() -> None:
    assert sorted(terms_of("SKU-1 müller 20095 ch_3NabcdEFGH ada@example.com"), key=rarity) == [
        "ada@example.com", "ch_3nabcdefgh", "20095", "muller", "sku-1",
    ]  # fmt: skip


def a_step(before: Order | None, after: Order) -> Step:
    return Step(action="tried", by=SYSTEM, at=NOW, before=before, after=after)


def test_a_step_that_brings_no_new_word_writes_none() -> None:
    order = a_full_order()
    assert not found_by(a_step(order, replace(order, revision=2))).words


def test_another_address_brings_the_other_words_along_and_stands_beside_those_that_were() -> None:
    order = a_full_order()
    moved = replace(order, shipping_address=replace(HOME, postal_code="20095"))
    found = found_by(a_step(order, moved))
    assert next(iter(found.words)) == "20095"
    assert {"ada@example.com", "lovelace", "mug"} <= found.words.keys()
    assert {"62701", "20095"} <= set(found.beside)


def test_a_new_long_number_alone_brings_no_other_word() -> None:
    order = a_full_order()
    found = found_by(a_step(order, order.with_progress("l1", Progress(tracking=("1Z999", "1Z1000AA01")))))
    assert dict(found.words) == {"1z1000aa01": False}
    assert "lovelace" in found.beside


def test_a_number_that_is_looked_up_after_a_name_brings_the_other_words_along() -> None:
    order = a_full_order()
    found = found_by(a_step(order, order.with_progress("l1", Progress(tracking=("1Z999", "1Z1")))))
    assert {"1z1", "lovelace", "62701"} <= found.words.keys()
