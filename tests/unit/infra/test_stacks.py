"""The template in parts: template.yaml is their join, each thing stands in one of them, and none grows too long."""

import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from infra.stacks import join
from infra.stacks.join import PARTS, SECTIONS, STACKS, joined, part

LONGEST = 270
Resources = dict[str, dict[str, Any]]


@pytest.fixture
def stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one part `only` and a fragment `greeting`, in place of the real ones."""
    (tmp_path / "fragments").mkdir()
    (tmp_path / "fragments/greeting.yaml").write_text(
        "# How people meet.\n\nHello: __who__ # a word\n\nBye: [__who__]\n"
    )
    monkeypatch.setattr(join, "STACKS", tmp_path)
    return tmp_path


def only(stacks: Path, resources: str) -> str:
    (stacks / "only.yaml").write_text(f"# A part.\n\nResources:\n{resources}")
    return part("only")[1]["Resources"]


def names(section: str) -> Counter[str]:
    """How often each key of a section occurs over all parts."""
    bodies = [part(name)[1].get(section, "") for name in PARTS]
    return Counter(key for body in bodies for key in re.findall(r"^  (\w+):", body, re.MULTILINE))


def test_the_template_is_the_join_of_its_parts(root: Path) -> None:
    assert (root / "template.yaml").read_text() == joined(), "change infra/stacks, then: make template"


def test_every_part_and_every_fragment_is_in_the_template() -> None:
    fragments = {path.stem for path in (STACKS / "fragments").glob("*.yaml")}
    said = "".join(path.read_text() for path in STACKS.rglob("*.yaml"))
    included = set(re.findall(r"!Include (?:\{fragment: )?([\w-]+)", said))

    assert {path.stem for path in STACKS.glob("*.yaml")} == set(PARTS)
    assert len(PARTS) == len(set(PARTS))
    assert included == fragments


def test_every_section_of_a_part_is_joined() -> None:
    assert {section for name in PARTS for section in part(name)[1]} == set(SECTIONS)


@pytest.mark.parametrize("section", SECTIONS)
def test_nothing_stands_in_two_parts(section: str, template: Any) -> None:
    found = names(section)
    assert [name for name, times in found.items() if times > 1] == []
    assert set(found) == set(template[section])


@pytest.mark.parametrize("path", sorted(STACKS.rglob("*.yaml")), ids=lambda path: path.stem)
def test_a_part_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST


@pytest.mark.parametrize("path", sorted(STACKS.rglob("*.yaml")), ids=lambda path: path.stem)
def test_a_part_opens_with_what_it_is_for(path: Path) -> None:
    opening = path.read_text().partition("\n\n")[0]
    assert opening.startswith("AWSTemplateFormatVersion" if path.stem == PARTS[0] else "# ")


@pytest.mark.parametrize("principal", ["lambda.amazonaws.com", "states.amazonaws.com"])
def test_who_may_take_a_role_on_is_said_in_fragments_only(principal: str) -> None:
    assert not [path.name for path in STACKS.glob("*.yaml") if principal in path.read_text()]


def test_a_fragment_stands_where_it_is_included_without_its_opening(stacks: Path) -> None:
    body = only(stacks, "  One:\n    <<: !Include {fragment: greeting, who: you}\n  Two: 2\n")
    assert body == "  One:\n    Hello: you # a word\n\n    Bye: [you]\n  Two: 2\n"


def test_a_fragment_may_include_another(stacks: Path) -> None:
    (stacks / "fragments/nested.yaml").write_text("# Two.\n\nIn:\n  <<: !Include {fragment: greeting, who: me}\n")
    assert only(stacks, "  <<: !Include nested\n") == "  In:\n    Hello: me # a word\n\n    Bye: [me]\n"


@pytest.mark.parametrize(
    "line",
    ["<<: !Include greeting", "<<: !Include {fragment: greeting, who: you, why: now}", "One: !Include greeting"],
    ids=["a value is missing", "a value has no place", "not a merge"],
)
def test_what_cannot_be_included_is_refused(stacks: Path, line: str) -> None:
    with pytest.raises(ValueError, match="greeting"):
        only(stacks, f"  {line}\n")


def test_no_marker_of_the_parts_is_left_in_the_template() -> None:
    assert not re.findall(r"!Include|__\w+__", joined())


def test_a_function_is_built_from_the_folder_of_its_handler(root: Path, functions: Resources) -> None:
    goals = [f"folder-{name}" for name in functions]
    ended = subprocess.run(["make", "-s", *goals], cwd=root, capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.split() == [function["Handler"].split(".")[1] for function in functions.values()]
