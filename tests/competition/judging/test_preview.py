"""The tablet's live reading says what the engine says, on readings of every kind, letter by letter."""

from __future__ import annotations

import shutil
from typing import get_args

import pytest

from schemas.aspects import Aspect, Credit, Measurement, Take, Time, TimeCredit, Tolerance
from schemas.marks import WithoutReading
from tests.preview import differences, node_previews, sent
from tests.random_readings import random_case

SEEDS = range(6000)

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="Node is not installed; a browser does the same")


def test_preview_says_what_the_engine_says() -> None:
    """Points and steps of thousands of random readings are the engine's, to the last digit and letter."""
    assert differences(SEEDS, node_previews(sent(SEEDS))) == []


def test_random_readings_are_of_every_kind() -> None:
    """Among them are all kinds, credits, tolerances and states, and every way in which one of several readings counts."""
    cases = [random_case(seed) for seed in SEEDS]
    aspects = [case.aspect for case in cases if case.state == "marked"]
    measured = [aspect for aspect in aspects if isinstance(aspect, Measurement)]
    timed = [aspect for aspect in aspects if isinstance(aspect, Time)]
    assert {type(aspect) for aspect in aspects} == set(get_args(Aspect))
    assert {type(aspect.credit) for aspect in measured} == set(get_args(Credit))
    assert {type(aspect.tolerance) for aspect in measured} == {*get_args(Tolerance), type(None)}
    assert {aspect.take for aspect in measured if aspect.readings > 1} == set(get_args(Take))
    assert {type(aspect.credit) for aspect in timed} == set(get_args(TimeCredit))
    assert {aspect.take for aspect in timed if aspect.runs > 1} == {"best", "worst", "mean", "sum"}
    assert {case.state for case in cases} == {"marked", *get_args(WithoutReading)}
