"""Joins the parts of the template, and puts in what they include.

A part is a file beside this one that holds a few sections of a CloudFormation template as text. Where a part says
`!Include`, the lines of a file in `fragments/` stand in the joined template:

    Variables:
      <<: !Include tables-of-an-order         the fragment's lines stand here, at this depth
    <<: !Include {fragment: usage-plan, …}    likewise, with each value in place of `__name__`

The opening comment of a part stands above its resources, a fragment's stays behind. Everything else is taken as it is
written, comments included, so the joined file reads like one that somebody wrote. ADR 0020 says why.
"""

import re
from pathlib import Path

import yaml

STACKS = Path(__file__).parent
PARTS = (
    "inflight",
    "data",
    "logs",
    "users",
    "api",
    "domain",
    "door",
    "limits",
    "intake",
    "changes",
    "approvals",
    "confirmations",
    "collection",
    "outcomes",
    "policies",
    "reports",
    "refunds",
    "events",
    "departments",
    "operations",
    "anchors",
)
"""Lists the parts in the order of the joined template. The first part opens with the template's head."""
SECTIONS = ("Parameters", "Conditions", "Globals", "Resources", "Outputs")

_INCLUDE = re.compile(r"( *)<<: !Include (\S.*)")
_PLACEHOLDER = re.compile(r"__(\w+?)__")
_OPENING = re.compile(r"(?:#.*\n)*\n")
_SECTION = re.compile(r"^(\w+):\n", re.MULTILINE)


def joined() -> str:
    """Returns the whole template.

    Raises:
        FileNotFoundError: a part or a fragment is not there.
        ValueError: an `!Include` cannot be read, or its values are not those that the fragment has places for.
    """
    parts = {name: part(name) for name in PARTS}
    head, _ = parts[PARTS[0]]
    bodies = ("\n".join([f"{section}:", *_bodies(parts, section)]) for section in SECTIONS)
    return "\n".join([head.rstrip("\n") + "\n", *bodies])


def part(name: str) -> tuple[str, dict[str, str]]:
    """Returns the opening of a part, and its sections by name with everything included."""
    text = (STACKS / f"{name}.yaml").read_text(encoding="utf-8")
    opening, *pieces = _SECTION.split(text)
    titles, bodies = pieces[::2], (_included(body) for body in pieces[1::2])
    return opening, {title: body.rstrip("\n") + "\n" for title, body in zip(titles, bodies, strict=True)}


def _bodies(parts: dict[str, tuple[str, dict[str, str]]], section: str) -> list[str]:
    """Returns the bodies of a section. Resources come under a line that names their part; the short sections need no
    such line."""
    found = [(name, opening, sections[section]) for name, (opening, sections) in parts.items() if section in sections]
    if section != "Resources":
        return ["".join(body for _, _, body in found)]
    return [f"{_ruler(name)}\n  {opening.strip()}\n\n{body}" for name, opening, body in found]


def _ruler(name: str) -> str:
    return f"  # {name:->116}".replace(f"-{name}", f" {name}")


def _included(text: str) -> str:
    return "\n".join(piece for line in text.split("\n") for piece in _expanded(line))


def _expanded(line: str) -> list[str]:
    if "!Include" not in line:
        return [line]
    found = _INCLUDE.fullmatch(line)
    if not found:
        raise ValueError(f"cannot be included: {line.strip()}")
    lines = _included(_fragment(found[2])).split("\n")
    return [found[1] + each if each else each for each in lines]


def _fragment(wanted: str) -> str:
    """Returns the lines of a fragment with the values in their places; `wanted` is a name, or a mapping with values."""
    said = yaml.safe_load(wanted)
    values: dict[str, str] = dict(said) if isinstance(said, dict) else {"fragment": said}
    name = values.pop("fragment")
    text = _OPENING.sub("", (STACKS / f"fragments/{name}.yaml").read_text(encoding="utf-8"), count=1).rstrip("\n")
    if set(_PLACEHOLDER.findall(text)) != set(values):
        raise ValueError(f"{name} has places for {sorted(set(_PLACEHOLDER.findall(text)))}, not for {sorted(values)}")
    return _PLACEHOLDER.sub(lambda place: values[place[1]], text)
