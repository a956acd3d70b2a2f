"""The one plain form of a scheme, and its digest, which stay the same when schemes later learn to say more.

What equals its default is left out: a field that a later version adds, and that a scheme does not use, changes neither. Figures
are in their one plain form, so that equal schemes have one digest, from whichever file they come.
"""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import msgspec

from schemas.base import canonical
from schemas.scheme import Scheme

_WIDEST = 40
"""What has more digits is no figure of a scheme; it keeps its exponent, which may be in the millions."""


def plain(scheme: Scheme) -> dict[str, Any]:
    """The scheme as objects, lists, words and figures, its fields in the order of the model; 12.50 is 12.5."""
    form: dict[str, Any] = _plain(scheme)
    return form


def scheme_digest(scheme: Scheme) -> str:
    """The SHA-256 of the canonical JSON of the plain form, in hexadecimal: what a result list is bound to."""
    return hashlib.sha256(canonical(plain(scheme))).hexdigest()


def _plain(value: object) -> Any:
    match value:
        case msgspec.Struct():
            config = value.__struct_config__
            tag = {} if config.tag_field is None else {config.tag_field: config.tag}
            return tag | {
                field.encode_name: _plain(given)
                for field in msgspec.structs.fields(value)
                if (given := getattr(value, field.name)) != field.default
            }
        case tuple():
            return [_plain(part) for part in value]
        case Decimal():
            return Decimal(f"{value.normalize():f}") if abs(value.adjusted()) < _WIDEST else value
        case _:
            return value
