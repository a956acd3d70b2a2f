"""The form of a scheme's file: everything that is wrong with it is told, and whatever is not told can be read."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.schemes.form import MOST_FAULTS, FormHasFaults, form_faults
from schemas.scheme import Scheme
from tests.competition.schemes.check.good import ALL, ASPECT, LINE, MEDALS, NAME, STAGE, SUB, good, penalty, prize, team

COUNT = "This must be a whole number. Write it in digits, without quotes and without a decimal point."
NUMBER = "This must be a number. Write it in digits, with a decimal point where needed."
KINDS = "binary, count, choice, measurement, deduction, judgement, score, time, external"
FLAWS = {
    "$.name.fr": ("$.name", "The field “fr” is unknown here. Take it out."),
    f"{STAGE}.colour": (
        STAGE,
        "The field “colour” is unknown here. Take it out; these may still be added: fit, floor, rounding, gate, weight, cut.",
    ),
    "$.version": ("$.version", "This must be text. Write it in quotes."),
    "$.trade": (
        "$.trade",
        "This must be a text for people. Write it in braces, in the field zh, the field en or both.",
    ),
    f"{SUB}.panel": (f"{SUB}.panel", "This must be a group of fields. Write their names and values in braces."),
    f"{SUB}.blind": (f"{SUB}.blind", "This must be yes or no. Write true or false, without quotes."),
    f"{SUB}.day": (f"{SUB}.day", COUNT),
    f"{SUB}.points": (f"{SUB}.points", NUMBER),
    f"{SUB}.floor": (f"{SUB}.floor", "“0,1” has a comma. Write it with a decimal point: 0.1."),
    "$.section_tolerance": (
        "$.section_tolerance",
        "“thirty” is no number. Write it in digits, with a decimal point where needed.",
    ),
    f"{SUB}.exclusive": (f"{SUB}.exclusive", "This must be a list. Write it in square brackets."),
    f"{ASPECT}.kind": (
        f"{ASPECT}.kind",
        f"“binaries” is none of the words allowed here: {KINDS}. Do you mean “binary”?",
    ),
    f"{ASPECT}.hnit": (
        ASPECT,
        "The field “hnit” is unknown here. Do you mean “hint”? Correct it, or take it out.",
    ),
    "$.places": ("$.places", "This must be one of these words, in quotes: 1223, 1224, 1334."),
    "$.last_resort": (
        "$.last_resort",
        "“lots” is none of the words allowed here. Write one of these: number, shared.",
    ),
    "$.scale": ("$.scale", "This must be a group of fields. Write their names and values in braces."),
    "$.awards": (
        "$.awards[0]",
        "The field “kind” is missing. Write one of these words into it: places, medals, line, best_of_delegation.",
    ),
}
"""A place where something is written wrong, and where and how it is told."""

WRITTEN: dict[str, Any] = {
    "$.name.fr": "nom",
    f"{STAGE}.colour": 1,
    "$.version": 1,
    "$.trade": "Fitter",
    f"{SUB}.panel": 3,
    f"{SUB}.blind": "no",
    f"{SUB}.day": "1",
    f"{SUB}.points": True,
    f"{SUB}.floor": "0,1",
    "$.section_tolerance": "thirty",
    f"{SUB}.exclusive": "X",
    f"{ASPECT}.kind": "binaries",
    f"{ASPECT}.hnit": NAME,
    "$.places": 1224,
    "$.last_resort": "lots",
    "$.scale": [],
    "$.awards": [{"id": "a"}],
}


def apart(scheme: dict[str, Any]) -> dict[str, Any]:
    """The scheme as read from a file: no two of its parts are one."""
    read: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(scheme))
    return read


def spoilt(*places: str) -> dict[str, Any]:
    """A good scheme with these places written wrong."""
    scheme = apart(good("binary"))
    for place in places:
        *way, last = place.replace("[0]", ".0").split(".")[1:]
        part: Any = scheme
        for step in way:
            part = part[int(step)] if isinstance(part, list) else part[step]
        part[last] = WRITTEN[place]
    return scheme


def told(scheme: Any) -> list[tuple[str, str]]:
    """The faults of form, as a person reads them."""
    return [(fault.cell, fault.sentence.format(**fault.data)) for fault in form_faults(scheme)]


@pytest.mark.parametrize("place", FLAWS)
def test_each_flaw_is_told_with_its_place(place: str) -> None:
    """One thing written wrong is one fault, in plain words, with the words allowed and the nearest of them."""
    assert told(spoilt(place)) == [FLAWS[place]]


def test_all_flaws_are_told_at_once() -> None:
    """No fault hides another, not even those below a misspelt kind."""
    assert sorted(told(spoilt(*FLAWS))) == sorted(FLAWS.values())


def test_what_is_missing_is_told_unless_it_was_misspelt() -> None:
    """A misspelt field is one fault, not an unknown and a missing one."""
    scheme = good("binary")
    scheme["coed"] = scheme.pop("code")
    del scheme["version"], scheme["stages"][0]["id"]
    assert told(scheme) == [
        (STAGE, "The field “id” is missing. Add it."),
        ("$", "The field “coed” is unknown here. Do you mean “code”? Correct it, or take it out."),
        ("$", "The field “version” is missing. Add it."),
    ]


def test_a_list_of_a_fixed_length_has_that_length() -> None:
    """Medals have three names."""
    scheme = good("binary") | {"awards": [MEDALS | {"names": [NAME, 5]}]}
    assert told(scheme) == [
        ("$.awards[0].names", "This list must have 3 entries and has 2. Correct it."),
        ("$.awards[0].names[1]", FLAWS["$.trade"][1]),
    ]


def test_long_values_are_cut() -> None:
    """A sentence stays a sentence, whatever was written."""
    scheme = good("binary") | {"last_resort": "x" * 100}
    [(_, sentence)] = told(scheme)
    assert sentence == f"“{'x' * 40}…” is none of the words allowed here. Write one of these: number, shared."


def test_a_file_of_nothing_but_faults_is_refused_soon() -> None:
    """What is no scheme at all is not searched to its end."""
    scheme = good("binary") | {f"field{number}": number for number in range(100_000)}
    assert len(FormHasFaults(name="x.toml", faults=form_faults(scheme)).faults) == MOST_FAULTS


# Against msgspec ------------------------------------------------------------------------------------------------------

NUMBERS = (0, -3, 10**40, Decimal("0.5"), Decimal("NaN"))
STRANGE: tuple[Any, ...] = (None, True, *NUMBERS, "", "1", "1,5", "mean", date(2026, 1, 1), [], {})


def full(kind: str) -> dict[str, Any]:
    """A good scheme with something in most of its fields."""
    more = {
        "scale": {"kind": "z_score"},
        "awards": [MEDALS, LINE, prize("a", count=1)],
        "teams": [team(medal_points=[4, 3, 2, 1])],
        "advancement": {"top": 3},
        "penalties": [penalty("p", each=1)],
        "states": [{"state": "absent"}],
        "rounding": {"places": 2},
    }
    return apart(good(kind) | more)


def parts(value: Any) -> Iterator[Any]:
    """Every object and list, from the outermost on."""
    if isinstance(value, dict | list):
        yield value
        for below in value.values() if isinstance(value, dict) else value:
            yield from parts(below)


def is_taken(scheme: Any) -> bool:
    """Whether msgspec makes a scheme of it."""
    try:
        msgspec.convert(scheme, Scheme)
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize("kind", ALL)
def test_good_schemes_have_no_faults_of_form(kind: str) -> None:
    """Every kind of aspect, and everything around them."""
    assert (told(full(kind)), is_taken(full(kind))) == ([], True)


@settings(max_examples=300)
@given(
    st.sampled_from(ALL), st.lists(st.tuples(st.randoms(use_true_random=False), st.sampled_from(STRANGE)), max_size=3)
)
def test_faults_are_told_of_exactly_what_msgspec_refuses(kind: str, changes: list[tuple[Any, Any]]) -> None:
    """A scheme with anything put, left out or added anywhere is told a fault if and only if it cannot be read."""
    scheme = full(kind)
    for chance, strange in changes:
        part = chance.choice(list(parts(scheme)))
        if isinstance(part, list):
            part[slice(*sorted((chance.randint(0, len(part)), chance.randint(0, len(part)))))] = [deepcopy(strange)]
        elif chance.random() < 0.3 and part:
            part.pop(chance.choice(list(part)))
        else:
            part[chance.choice([*part, "kind", "foreign"])] = deepcopy(strange)
    assert (not told(scheme)) == is_taken(scheme)


def test_every_place_of_every_good_scheme_is_tried_with_everything() -> None:
    """The same for each place by itself, without chance."""
    for kind, strange in itertools.product(ALL, STRANGE):
        scheme = full(kind)
        for part in parts(scheme):
            for key in list(part) if isinstance(part, dict) else range(len(part)):
                before, part[key] = part[key], strange
                assert (not told(scheme)) == is_taken(scheme), (kind, key, strange)
                part[key] = before
