"""A scheme without faults, an aspect of each kind to put into it, and the way to spoil one place of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import msgspec

from competition.schemes.rules import faults_of
from schemas.scheme import Scheme

NAME = {"zh": "名", "en": "name"}
OTHER = {"zh": "别名", "en": "other name"}

STAGE = "$.stages[0]"
TASK = f"{STAGE}.criteria[0]"
SUB = f"{TASK}.sub_criteria[0]"
ASPECT = f"{SUB}.aspects[0]"

_OF_ANY_KIND = {"id": "X", "name": NAME, "points": "10"}
_BANDS = [{"over_up_to": "0.01", "keep": "0.5"}, {"over_up_to": "0.02", "keep": "0.2"}]
_RANGES = [{"lower": "-1", "upper": "1", "keep": "0.8"}, {"lower": "-2", "upper": "2", "keep": "0.5"}]

_HEAD: dict[str, Any] = {
    "format": "leitai-scheme-1",
    "code": "test",
    "version": "1",
    "name": NAME,
    "trade": NAME,
    "ranking": [{"of": "total"}],
}

ASPECTS: dict[str, dict[str, Any]] = {
    "binary": {"kind": "binary"},
    "count": {"kind": "count", "possible": 8},
    "choice": {"kind": "choice", "options": [{"name": NAME, "points": "10"}, {"name": OTHER, "keep": "0.5"}]},
    "measurement": {"kind": "measurement", "tolerance": {"kind": "fixed", "allowed": "0.01"}},
    "bands": {
        "kind": "measurement",
        "tolerance": {"kind": "limits", "lower": "0", "upper": "0.02"},
        "credit": {"kind": "bands", "bands": _BANDS},
    },
    "linear": {
        "kind": "measurement",
        "tolerance": {"kind": "by_length", "allowed": "0.01", "per": "300", "length": "800"},
        "credit": {"kind": "linear", "lose": "1", "per": "0.01"},
    },
    "by_size": {
        "kind": "measurement",
        "tolerance": {
            "kind": "by_size",
            "size": "600",
            "steps": [{"up_to": "500", "allowed": "0.01"}, {"up_to": "800", "allowed": "0.02"}],
        },
    },
    "ranges": {"kind": "measurement", "credit": {"kind": "ranges", "ranges": _RANGES}},
    "grades": {
        "kind": "measurement",
        "nominal": "1.6",
        "credit": {"kind": "grades", "grades": ["0.8", "1.6", "3.2", "6.3"], "keep": ["0.5", "0.2"]},
    },
    "deduction": {
        "kind": "deduction",
        "items": [{"name": NAME, "each": "0.5", "cap": "5"}, {"name": NAME, "each": "1", "cap": "5"}],
    },
    "judgement": {"kind": "judgement", "levels": [NAME, NAME, NAME, NAME], "revote_from": 2},
    "score": {"kind": "score"},
    "left": {"kind": "time", "credit": {"kind": "left", "limit": "600", "gain": "1", "per": "60"}, "stop": "600"},
    "over": {"kind": "time", "credit": {"kind": "over", "limit": "600", "lose": "1", "per": "60"}, "stop": "900"},
    "time_bands": {
        "kind": "time",
        "credit": {"kind": "bands", "bands": [{"up_to": "60", "keep": "1"}, {"up_to": "90", "keep": "0.5"}]},
        "stop": "80",
    },
    "external": {"kind": "external", "out_of": "120"},
}


MEDALS: dict[str, Any] = {"kind": "medals", "id": "m", "names": [NAME, NAME, NAME]}
LINE: dict[str, Any] = {"kind": "line", "id": "l", "name": NAME}


def part(id: str, points: int | str = "10", **more: Any) -> dict[str, Any]:
    """Something of the scheme with an id, a name and points."""
    return {"id": id, "name": NAME, "points": points, **more}


def section(id: str, **more: Any) -> dict[str, Any]:
    """A section of the standards specification."""
    return {"id": id, "name": NAME, **more}


def penalty(id: str, **more: Any) -> dict[str, Any]:
    """A penalty."""
    return {"id": id, "name": NAME, **more}


def prize(id: str, **more: Any) -> dict[str, Any]:
    """An award for places."""
    return {"kind": "places", "id": id, "name": NAME, **more}


def team(id: str = "t", **more: Any) -> dict[str, Any]:
    """A standing of teams."""
    return {"id": id, "name": NAME, **more}


def with_aspect(kind: str) -> dict[str, Any]:
    """A good scheme of one stage, criterion, sub-criterion and aspect, each of 10 points, as in a file."""
    sub = part("S", panel={"judges": 3}, aspects=[_OF_ANY_KIND | ASPECTS[kind]])
    return _HEAD | {"stages": [part("G", criteria=[part("C", sub_criteria=[sub])])]}


def with_time_itself() -> dict[str, Any]:
    """A good scheme of nothing but a time that is compared by itself."""
    time = part("X", 0, kind="time", credit={"kind": "itself"})
    sub = part("S", 0, panel={"judges": 1}, aspects=[time])
    stage = part("G", 0, criteria=[part("C", 0, sub_criteria=[sub])])
    return _HEAD | {"ranking": [{"of": "time", "id": "X"}], "stages": [stage]}


def with_gate() -> dict[str, Any]:
    """A good scheme of two criteria, C and D, of which D counts only when C has 5 points."""
    sub = part("U", panel={"judges": 1}, aspects=[part("Y", kind="binary")])
    gated = part("D", gate={"of": "criterion", "id": "C", "at_least": 5}, sub_criteria=[sub])
    scheme = with_aspect("binary")
    [stage] = scheme["stages"]
    return scheme | {"stages": [stage | {"points": 20, "criteria": [*stage["criteria"], gated]}]}


def with_cut() -> dict[str, Any]:
    """A good scheme of two stages, G and H; the best three of G go on."""
    first, second = with_aspect("binary"), with_aspect("binary")
    sub = part("U", panel={"judges": 1}, aspects=[part("Y", kind="binary")])
    last = second["stages"][0] | {"id": "H", "criteria": [part("D", sub_criteria=[sub])]}
    return first | {"stages": [first["stages"][0] | {"cut": {"top": 3}}, last]}


_OTHERS = {"time_itself": with_time_itself, "gate": with_gate, "cut": with_cut}
ALL = (*ASPECTS, *_OTHERS)
"""The names of all good schemes."""


def good(kind: str) -> dict[str, Any]:
    """A good scheme of its own, to change."""
    return deepcopy(_OTHERS[kind]() if kind in _OTHERS else with_aspect(kind))


def told(kind: str, changes: Mapping[str, Any]) -> list[str]:
    """The faults, as a person reads them, of a good scheme with these places changed.

    ``kind`` names the one aspect of the scheme, or one of the other good schemes.
    """
    scheme = good(kind)
    for place, value in changes.items():
        _change(scheme, re.findall(r"\w+", place), deepcopy(value))
    return [str(fault) for fault in faults_of(msgspec.convert(scheme, Scheme))]


def _change(scheme: dict[str, Any], path: list[str], value: Any) -> None:
    *way, last = path
    part_of: Any = scheme
    for step in way:
        part_of = part_of[int(step)] if isinstance(part_of, list) else part_of.setdefault(step, {})
    if isinstance(part_of, list):
        part_of[int(last) : int(last) + 1] = [value]
    else:
        part_of[last] = value
