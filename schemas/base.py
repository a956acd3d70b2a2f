"""The base of all words: frozen Structs, localized text, and the one canonical JSON form that hashes are taken of."""

from __future__ import annotations

import hashlib
from typing import Any, dataclass_transform

import msgspec

# The decorators tell the type checker what msgspec's metaclass passes on: frozen, by keyword only. They do nothing at runtime.


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A value that Leitai writes: a fact, an answer, a message."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A value that Leitai is sent or reads from a file: unknown fields are refused, not ignored."""


class Text(Command):
    """A sentence or a name in the languages of the product: in both, or in the one that is spoken where it is read."""

    zh: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """This text for a reader of ``language`` (``zh-CN`` or ``en``); the other language where one is empty."""
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)


_canonical = msgspec.json.Encoder(order="sorted", decimal_format="string", uuid_format="canonical")


def canonical(value: Any) -> bytes:
    """Encode ``value`` as canonical JSON: UTF-8, no spaces, keys sorted, decimals as strings."""
    return _canonical.encode(value)


def digest(value: Any) -> str:
    """The SHA-256 of the canonical JSON of ``value``, in hexadecimal: what a printed sheet carries and ``verify`` checks."""
    return hashlib.sha256(canonical(value)).hexdigest()
