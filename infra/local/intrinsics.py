"""Evaluates values of the template that the local run needs, without asking the emulator."""

from collections.abc import Mapping
from typing import Any


def evaluated(value: Any, parameters: Mapping[str, str]) -> Any:
    """Evaluates Ref to a parameter, Fn::Sub with its own names, Fn::Split and Fn::Select; the rest stays as written.

    Raises:
        KeyError: a parameter has no value.
    """
    if not isinstance(value, dict) or len(value) != 1:
        return value
    ((function, given),) = value.items()
    if function == "Ref":
        return parameters[given]
    if function == "Fn::Split":
        separator, text = given
        return evaluated(text, parameters).split(separator)
    if function == "Fn::Select":
        index, items = given
        return evaluated(items, parameters)[int(index)]
    if function == "Fn::Sub" and isinstance(given, list):
        text, names = given
        for name, named in names.items():
            text = text.replace(f"${{{name}}}", evaluated(named, parameters))
        return text
    return value


def parameters_of(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Returns the parameters' values: the given ones, and the defaults of the others."""
    declared = template.get("Parameters", {})
    defaults = {name: str(parameter["Default"]) for name, parameter in declared.items() if "Default" in parameter}
    return defaults | dict(given)
