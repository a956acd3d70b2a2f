"""The canonical form that hashes are taken of, and the two kinds of words, as known vectors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from schemas.base import Command, Message, Text, canonical, digest


class Fact(Message):
    """A message with two fields, declared out of order."""

    b: int
    a: str


class Asked(Command):
    """A command with one field."""

    a: int


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": 2}, b'{"a":2,"b":1}'),
        (Fact(b=1, a="x"), b'{"a":"x","b":1}'),
        ((1, None, True), b"[1,null,true]"),
        (Decimal("1.50"), b'"1.50"'),
        (Decimal("1E+3"), b'"1E+3"'),
        (Decimal("-0"), b'"-0"'),
        ("数控 & <b>\n\x00", '"数控 & <b>\\n\\u0000"'.encode()),
        ("𠮷", '"𠮷"'.encode()),
        (UUID("0192A5C0-0000-7000-8000-00000000000A"), b'"0192a5c0-0000-7000-8000-00000000000a"'),
        (datetime(2026, 5, 1, 1, 0, tzinfo=UTC), b'"2026-05-01T01:00:00Z"'),
        (
            datetime(2026, 5, 1, 9, 0, 0, 500, tzinfo=timezone(timedelta(hours=8))),
            b'"2026-05-01T09:00:00.000500+08:00"',
        ),
        (b"\x00\xff", b'"AP8="'),
    ],
)
def test_canonical_writes_this_and_nothing_else(value: Any, expected: bytes) -> None:
    """Sorted keys, no spaces, UTF-8 as it is, decimals and moments as they were written."""
    assert canonical(value) == expected


def test_canonical_keeps_places_apart() -> None:
    """0.5 and 0.50 are the same number and not the same record: what was read is kept with its places."""
    assert digest(Decimal("0.5")) != digest(Decimal("0.50"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"),
        ({"b": 1, "a": 2}, "d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772"),
        (Text(zh="理论", en="Theory"), "b7a66c48727d0d70069058a42586c7a21ba95af0f4c6062bc1cae2c71d0b5fb1"),
    ],
)
def test_digest_is_the_sha256_of_the_canonical_form(value: Any, expected: str) -> None:
    """Anybody's SHA-256 of the same bytes gives the same figures."""
    assert digest(value) == expected


def test_command_refuses_what_it_does_not_know() -> None:
    """An unknown field of something sent is an error, never ignored."""
    with pytest.raises(msgspec.ValidationError, match="unknown field `b`"):
        msgspec.json.decode(b'{"a":1,"b":2}', type=Asked)


def test_message_reads_what_a_later_version_wrote() -> None:
    """A stored fact with a field of a newer Leitai can still be read."""
    assert msgspec.json.decode(b'{"a":"x","b":1,"c":2}', type=Fact) == Fact(a="x", b=1)


def test_words_do_not_change() -> None:
    """Messages and commands are frozen."""
    fact: Any = Fact(a="x", b=1)
    with pytest.raises(AttributeError):
        fact.a = "y"


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (Text(zh="理论", en="Theory"), "zh-CN", "理论"),
        (Text(zh="理论", en="Theory"), "zh", "理论"),
        (Text(zh="理论", en="Theory"), "en", "Theory"),
        (Text(zh="理论", en="Theory"), "de", "Theory"),
        (Text(zh="", en="Theory"), "zh-CN", "Theory"),
        (Text(zh="理论", en=""), "en", "理论"),
    ],
)
def test_text_speaks_the_readers_language(text: Text, language: str, expected: str) -> None:
    """Chinese for Chinese readers, English for all others, and the other one where one is missing."""
    assert text.in_language(language) == expected
