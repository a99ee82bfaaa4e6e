"""Answers a browser's CORS preflight by the template's `Cors`.

SAM turns `Cors` into OPTIONS methods that need no function; the emulator has them, but answers without their headers.
"""

from collections.abc import Mapping
from typing import Any

from infra.local.intrinsics import evaluated

_HEADERS = {
    "AllowOrigin": "Access-Control-Allow-Origin",
    "AllowMethods": "Access-Control-Allow-Methods",
    "AllowHeaders": "Access-Control-Allow-Headers",
    "MaxAge": "Access-Control-Max-Age",
    "AllowCredentials": "Access-Control-Allow-Credentials",
}


def preflight_headers(template: Mapping[str, Any], parameters: Mapping[str, str]) -> list[tuple[str, str]]:
    """Reads the headers from the one `AWS::Serverless::Api` of a parsed template; none if it has no `Cors`."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Api":
            cors = resource.get("Properties", {}).get("Cors", {})
            return [
                (header, _value(evaluated(cors[key], parameters))) for key, header in _HEADERS.items() if key in cors
            ]
    return []


def _value(written: object) -> str:
    """Returns a fixed value without the single quotes that mapping expressions need."""
    return str(written).lower() if isinstance(written, bool) else str(written).strip("'")
