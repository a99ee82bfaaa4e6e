"""The domain is renamed and its defaults are changed, in a copy: what was stored before reads as before."""

import pytest

from shared.adapters.dynamodb.stored.upcasters import NUMBER
from tests.golden.copy import Copy, renamed
from tests.golden.files import VALUES, read
from tests.golden.test_rows import holds

LINES = "shared/domain/order/line.py"
UPCASTERS = "shared/adapters/dynamodb/stored/upcasters.py"
LOG = "shared/domain/audit/log.py"

NEXT, AFTER = NUMBER + 1, NUMBER + 2
RENAME = f"""LATER = {{
    {NEXT}: {{"Line": lambda r: renamed("title", "label")(r), "LogEntry": lambda r: renamed("by", "actor")(r)}},
    {AFTER}: {{"Line": lambda r: explicit("tax_included", False)(r)}},
}}
STEPS = {{**STEPS, **LATER}}

NUMBER = """


NAMED = (
    (LOG, '"by"', '"actor"'),
    ("shared/domain/order/line_fields.py", '^    "title": But', '    "label": But'),
    (
        "shared/domain/planning/digest_forms.py",
        '^    "sku", "title", "parent_line_id"',
        '    "sku", "label", "parent_line_id"',
    ),
)
"""Other places that name the renamed fields: each refuses to be imported with a name that is no field."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("copy"))


def test_golden_rows_read_as_before_after_a_rename_and_another_default(copy: Copy) -> None:
    """A line's title becomes its label and an entry's `by` its actor (the next shape); then prices include tax by
    default (the one after). Chains of entries hold, for `read` verifies them."""
    copy.edit(LINES, '^    title: str = ""$', '    label: str = ""')
    copy.edit(LOG, "^    by: str$", "    actor: str")
    for path, before, after in NAMED:
        copy.edit(path, before, after)
    said = copy.misread()
    assert "Line.title is gone" in said
    assert f"add to STEPS the number {NEXT}" in said

    copy.edit(LOG, r"^_HASHED_AS: Mapping\[str, str\] = \{\}$", '_HASHED_AS: Mapping[str, str] = {"actor": "by"}')
    copy.edit(UPCASTERS, "^NUMBER = ", RENAME.replace(f"    {AFTER}:", f"    # {AFTER}:"))
    assert copy.misread() == "\n"
    copy.described(NEXT)

    copy.edit(LINES, "^    tax_included: bool = False$", "    tax_included: bool = True")
    assert "Line.tax_included has another default, or none: it was False" in copy.misread()
    copy.edit(UPCASTERS, f"    # {AFTER}:", f"    {AFTER}:")
    assert copy.misread() == "\n"
    copy.described(AFTER)

    expected, found = read(VALUES)["values"], copy.values()
    for name, value in expected.items():
        assert holds(value, renamed(found[name], {"label": "title", "actor": "by"})), name
