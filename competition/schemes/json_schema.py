"""The JSON Schema of a marking scheme, for editors and other programs; the words of the model explain each part."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import msgspec

from schemas.scheme import Scheme

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_FIGURE = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _NUMBER}]}


def scheme_schema() -> dict[str, Any]:
    """The schema; a figure may be a number or a text of one, and both are exact."""
    schema: dict[str, Any] = _told(msgspec.json.schema(Scheme))
    return {"$schema": _DIALECT, "title": "Leitai marking scheme", **schema}


def _told(part: Any) -> Any:
    match part:
        case {"type": "string", "format": "decimal", **rest}:
            return {**_FIGURE, **rest}
        case {"description": str(said), **rest}:
            return {"description": cleandoc(said).replace("``", "`"), **_told(rest)}
        case dict():
            return {name: _told(value) for name, value in part.items()}
        case list():
            return [_told(one) for one in part]
        case _:
            return part
