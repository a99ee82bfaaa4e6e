"""Reads payloads of real platforms, recorded by others in `../shared/data/channels` (see its README; not part of the
project).

It takes off a recorder's wrapper; a platform's own envelope is left for the adapters.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3] / "shared" / "data" / "channels"

CHANNELS = {"shopify": "shopify", "shopify_webhook_docs": "shopify", "woocommerce": "woocommerce"}
"""Folder → the channel whose payloads it holds."""


@dataclass(frozen=True)
class Recorded:
    """One payload; a file with a recorded list of orders gives one for each element."""

    folder: str
    name: str
    raw: bytes

    @property
    def channel(self) -> str:
        return CHANNELS[self.folder]

    @property
    def payload(self) -> Any:
        return json.loads(self.raw, parse_float=Decimal)


def recorded(folder: str) -> Iterator[Recorded]:
    for path in sorted((ROOT / folder).iterdir()):
        raw = _with_dates(path.read_bytes())
        try:
            inside = _unwrapped(folder, json.loads(raw))
        except ValueError:
            yield Recorded(folder, path.name, raw)
            continue
        alone = not isinstance(inside, list) or not inside
        for index, each in enumerate([inside] if alone else inside):
            name = path.name if alone else f"{path.name}#{index}"
            yield Recorded(folder, name, json.dumps(each).encode())


def _unwrapped(folder: str, content: Any) -> Any:
    if folder == "shopify_webhook_docs":
        content = content["response"]
    if folder == "woocommerce" and isinstance(content, dict):
        content = content.get("response", content)
        content = content.get("jsonBody", content)
        content = content.get("data", content)
    return content["orders"] if isinstance(content, dict) and set(content) == {"orders"} else content


def _with_dates(raw: bytes) -> bytes:
    """Fills in dates that are templates such as `{{currentYear}}-01-28`: WireMock, which recorded the Android app's
    payloads, keeps them so."""
    raw = re.sub(rb"\{\{#assign '\w+'\}\}.*?\{\{/assign\}\}", b"", raw)
    raw = raw.replace(b"{{currentYear}}", b"2022")
    return re.sub(rb"\{\{fnow [^{}]*\}\}", b"2022-09-21T07:56:28", raw)
