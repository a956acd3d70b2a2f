"""The documented format is true: every example in it is read and has no faults, and every field and word is told."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from competition.schemes.json_schema import scheme_schema
from competition.schemes.rules import faults_of
from schemas.aspects import TimeItself
from schemas.scheme import Scheme

README = (Path(__file__).parents[3] / "competition" / "schemes" / "README.md").read_text("utf-8")
WHOLE, *PARTS = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)


def read(written: str) -> dict[str, Any]:
    """The table of an example."""
    return tomllib.loads(written, parse_float=Decimal)


def around(aspect: dict[str, Any]) -> dict[str, Any]:
    """A scheme of this one aspect."""
    points = {"name": {"en": "whole"}, "points": aspect["points"]}
    sub = {"id": "S", "panel": {"judges": 2}, "aspects": [aspect], **points}
    stage = {"id": "G", "criteria": [{"id": "C", "sub_criteria": [sub], **points}], **points}
    return read(WHOLE) | {"ranking": [{"of": "total"}], "stages": [stage]}


def scheme_of(example: str) -> Scheme:
    """The scheme that an example is, or is a part of."""
    part = read(example)
    return msgspec.convert(around(part) if "kind" in part else read(WHOLE) | part, Scheme)


@pytest.mark.parametrize("example", [WHOLE, *PARTS])
def test_examples_have_no_faults(example: str) -> None:
    """What a stranger copies from the page passes the check."""
    assert faults_of(scheme_of(example)) == ()


def test_examples_show_every_kind_of_aspect() -> None:
    """No kind is left without an example."""
    shown = {
        msgspec.json.decode(msgspec.json.encode(one))["kind"] for part in PARTS for one in scheme_of(part).aspects()
    }
    assert shown == set(
        scheme_schema()["$defs"]["SubCriterion"]["properties"]["aspects"]["items"]["discriminator"]["mapping"]
    )


def test_every_field_and_word_is_told() -> None:
    """Each field of the model, and each word that one of them allows, stands on the page."""
    told = set(re.findall(r"[a-z0-9_]+", README))
    words = set()
    for part in scheme_schema()["$defs"].values():
        for field, value in part["properties"].items():
            words |= {field, *value.get("enum", ())}
    words -= {"leitai-scheme-1"}
    assert sorted(words - told) == []


def test_a_time_by_itself_is_in_the_whole_example() -> None:
    """The whole example has the one aspect that gives no points."""
    assert [one.id for one in scheme_of(WHOLE).aspects() if isinstance(getattr(one, "credit", None), TimeItself)] == [
        "P2.2"
    ]
