"""A reply shows every field of a line, or `line_fields` says why not."""

from dataclasses import fields

from shared.domain.order.line import Line
from shared.domain.order.line_fields import counting
from shared.http.resources.line.reply import LineContent
from shared.http.resources.line.view import content_view
from tests.support.full import full

DERIVED = {"total"}
"""What a reply shows besides fields."""


def test_every_field_of_a_line_is_documented_or_named_as_not_shown() -> None:
    assert set(LineContent.model_fields) - DERIVED == set(counting(Line, "reply"))


def test_every_field_that_is_documented_is_shown() -> None:
    line = full(Line)
    filled = {each.name for each in fields(line) if getattr(line, each.name) not in (None, ())}
    assert set(counting(Line, "reply")) <= filled
    assert set(content_view(line, "USD")) == set(LineContent.model_fields)
