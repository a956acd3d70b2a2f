"""A scheme is told everything that is wrong with it at once, unless its figures are none."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.schemes.rules import faults_of
from competition.scoring.record import EntrantRecord
from competition.scoring.totals import entrant_result
from schemas.scheme import Scheme
from tests.competition.schemes.check.good import ALL, ASPECT, ASPECTS, STAGE, SUB, TASK, good, told


@pytest.mark.parametrize("kind", ASPECTS)
def test_a_good_scheme_has_no_faults(kind: str) -> None:
    """Each kind of aspect has a good form, about which nothing is told."""
    assert told(kind, {}) == []


def test_everything_wrong_is_told_at_once() -> None:
    """Four things wrong in four places are four faults."""
    changes = {"$.version": "", f"{SUB}.panel.judges": 0, f"{ASPECT}.name": {}, "$.ranking": []}
    assert told("binary", changes) == [
        "$.version: The scheme has no version. Write one.",
        f"{ASPECT}.name: Nothing is written here. Write it in Chinese, in English, or in both.",
        f"{SUB}.panel.judges: This must be from 1 to 30, not 0. Correct it.",
        "$.ranking: Nothing says how entrants are ranked. Name at least the total.",
    ]


def test_figures_that_are_none_are_told_alone() -> None:
    """Before infinity and a million and one are mended, nothing else can be said about sums; of seven decimals it can."""
    changes = {
        f"{STAGE}.points": "Infinity",
        f"{TASK}.points": "0.1234567",
        f"{SUB}.panel.judges": 1_000_001,
        "$.ranking": [],
    }
    assert told("binary", changes) == [
        f"{STAGE}.points: Infinity is no usable figure. Write a number of at most a million.",
        f"{TASK}.points: 0.1234567 has more than 6 decimals. Write a coarser figure.",
        f"{SUB}.panel.judges: 1000001 is no usable figure. Write a number of at most a million.",
    ]


def test_long_figures_are_cut_in_the_sentence() -> None:
    """A figure of a hundred digits, or with an exponent of millions, does not fill the screen."""
    assert told("binary", {f"{STAGE}.points": "9" * 100, f"{TASK}.points": "1E+999999"}) == [
        f"{STAGE}.points: {'9' * 24}… is no usable figure. Write a number of at most a million.",
        f"{TASK}.points: 1E+999999 is no usable figure. Write a number of at most a million.",
    ]


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to everything in a scheme's file."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(one, (*path, key))


@given(st.data())
def test_whatever_is_spoilt_is_told_or_can_be_scored(data: st.DataObject) -> None:
    """With any two values of a good scheme replaced, the check says what is wrong; if it says nothing, totals can be made."""
    scheme = good(data.draw(st.sampled_from(ALL)))
    for _ in range(2):
        *way, last = data.draw(st.sampled_from(list(leaves(scheme))))
        part: Any = scheme
        for step in way:
            part = part[step]
        part[last] = data.draw(
            st.sampled_from(["", "X", "0", "-1", "7", "1e9", "NaN", "0.001", 0, -1, 3, 40, None, [], {}])
        )
    try:
        read = msgspec.convert(scheme, Scheme)
    except msgspec.ValidationError:
        return
    if not faults_of(read):
        nobody = EntrantRecord(entrant_id=UUID(int=1), marks={}, penalties={})
        assert entrant_result(read, nobody).total == max(Decimal(0), read.floor)
