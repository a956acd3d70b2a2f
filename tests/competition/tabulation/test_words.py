"""What people write in a table of marks: read as they mean it, or refused with what to write instead."""

from __future__ import annotations

from decimal import Decimal

import pytest

from competition.scoring.readings import check_reading
from competition.tabulation.problems import (
    CommaInNumber,
    ItemUnknown,
    NotOfAnAspect,
    StateUnknown,
    UnitUnwanted,
    UnitWrong,
    ValueNotAChoice,
    ValueNotANumber,
    ValueNotATime,
    ValueNotPlain,
    ValueNotYesOrNo,
)
from competition.tabulation.words import OUT_WORDS, STATES, read_item, read_state, read_values, state_of_entrant
from schemas.problems import Problem
from tests.competition.tabulation.world import SCHEME

ASPECTS = {aspect.id: aspect for aspect in SCHEME.aspects()}


def read(aspect: str, written: str, unit: str = "") -> tuple[str, ...]:
    """The readings as texts."""
    return tuple(f"{value:f}" for value in read_values(ASPECTS[aspect], written, unit, is_item=False))


@pytest.mark.parametrize(
    ("aspect", "written", "unit", "readings"),
    [
        ("goggles", "yes", "", ("1",)),
        ("goggles", "是", "", ("1",)),
        ("goggles", "TRUE", "", ("1",)),
        ("goggles", "√", "", ("1",)),
        ("goggles", "否", "", ("0",)),
        ("goggles", "０", "", ("0",)),
        ("goggles", "1.0", "", ("1",)),
        ("goggles", "0.", "", ("0",)),
        ("bore", "20.01;19.99", "mm", ("20.01", "19.99")),
        ("bore", "20.01 19.99", "毫米", ("20.01", "19.99")),
        ("bore", "２０．０１；１９．９９", "ｍｍ", ("20.01", "19.99")),
        ("bore", "-0.5；−0.5", "", ("-0.5", "-0.5")),
        ("looks", "0 2", "", ("0", "2")),
        ("time", "83.25", "", ("83.25",)),
        ("time", "1:23.25", "", ("83.25",)),
        ("time", "1:02:03", "", ("3723",)),
        ("time", "90:00", "", ("5400",)),
        ("time", "1：23", "", ("83",)),
        ("time", "1分23.5秒", "", ("83.5",)),
        ("time", "1小时2分", "", ("3720",)),
        ("time", "60.5 59", "秒", ("60.5", "59")),
        ("speech", "3.5", "分", ("3.5",)),
        ("speech", "3.5分", "", ("3.5",)),
        ("thought", "excellent", "", ("3",)),
        ("thought", "优", "", ("3",)),
        ("thought", "2", "", ("2",)),
        ("level", "Leading", "", ("0",)),
        ("level", "1", "", ("1",)),
    ],
)
def test_values_are_read_as_they_are_meant(aspect: str, written: str, unit: str, readings: tuple[str, ...]) -> None:
    """Chinese and English, wide and narrow characters, several readings in one cell."""
    assert read(aspect, written, unit) == readings


@pytest.mark.parametrize(
    ("aspect", "written", "unit", "problem"),
    [
        ("goggles", "maybe", "", ValueNotYesOrNo),
        ("goggles", "2", "", ValueNotYesOrNo),
        ("goggles", "1", "mm", UnitUnwanted),
        ("bore", "0,5", "", CommaInNumber),
        ("bore", "1,234.5", "", CommaInNumber),
        ("bore", "20.01", "μm", UnitWrong),
        ("bore", "20.01", "MM", UnitWrong),
        ("bore", "20.01in", "", UnitWrong),
        ("bore", "twenty", "", ValueNotANumber),
        ("bore", "1e3", "", ValueNotPlain),
        ("bore", "20.0.1", "", ValueNotPlain),
        ("speech", "1 000", "", ValueNotPlain),
        ("speech", "1'000", "", ValueNotPlain),
        ("speech", "1e-05", "", ValueNotPlain),
        ("speech", "2x10", "", ValueNotPlain),
        ("speech", "1/2", "", ValueNotPlain),
        ("speech", "3,5 分", "", ValueNotPlain),
        ("speech", "3 %", "", UnitWrong),
        ("screws", "1 000", "", ValueNotPlain),
        ("screws", "3 of 4", "", UnitUnwanted),
        ("goggles", "0.5", "", ValueNotYesOrNo),
        ("goggles", "2.0", "", ValueNotYesOrNo),
        ("time", "1e-05", "", ValueNotATime),
        ("time", "60/2", "", ValueNotATime),
        ("time", "60mm", "", UnitWrong),
        ("bore", "NaN", "", ValueNotANumber),
        ("bore", "--1", "", ValueNotANumber),
        ("time", "1:75", "", ValueNotATime),
        ("time", "1:75:00", "", ValueNotATime),
        ("time", "soon", "", ValueNotATime),
        ("time", "60", "min", UnitWrong),
        ("speech", "3,5", "", CommaInNumber),
        ("thought", "super", "", ValueNotAChoice),
        ("level", "first", "", ValueNotAChoice),
    ],
)
def test_what_could_mean_two_things_is_refused(aspect: str, written: str, unit: str, problem: type[Problem]) -> None:
    """A comma, another unit, a word that is none of the options: nothing is guessed."""
    with pytest.raises(problem):
        read(aspect, written, unit)


def test_every_reading_that_is_read_can_be_checked() -> None:
    """What comes out are numbers that the rules of readings take or refuse by themselves."""
    check_reading(ASPECTS["bore"], read_values(ASPECTS["bore"], "20.01;19.99", "mm", is_item=False), "marked")


def test_items_have_numbers_or_names() -> None:
    """Readings and runs are counted from 1; faults have names too."""
    assert [
        read_item(ASPECTS["bore"], "2"),
        read_item(ASPECTS["looks"], "毛刺"),
        read_item(ASPECTS["looks"], "scratch"),
        read_item(ASPECTS["time"], "１"),
        read_item(ASPECTS["time"], "2.0"),
    ] == [2, 2, 1, 1, 2]
    for aspect, written in (("bore", "3"), ("bore", "0"), ("bore", "1.5"), ("looks", "dent"), ("time", "first")):
        with pytest.raises(ItemUnknown):
            read_item(ASPECTS[aspect], written)


def test_states_have_words_in_both_languages() -> None:
    """Each word of the list, and the name in the schema, means its state; another word is refused with the list."""
    assert {word: read_state(word) for words in STATES.values() for word in words} == {
        word: state for state, words in STATES.items() for word in words
    }
    assert [read_state(state) for state in STATES] == list(STATES)
    with pytest.raises(StateUnknown):
        read_state("ill")


def test_what_is_said_of_an_entrant_is_no_state_of_an_aspect() -> None:
    """Who left or is out, in both languages; only the words of being disqualified are said of an aspect too."""
    assert {word: state_of_entrant(word) for words in OUT_WORDS.values() for word in words} == {
        word: state for state, words in OUT_WORDS.items() for word in words
    }
    assert (state_of_entrant("Ｗithdrawn "), state_of_entrant("absent"), state_of_entrant("")) == (
        "withdrawn",
        None,
        None,
    )
    for word in OUT_WORDS["withdrawn"]:
        with pytest.raises(NotOfAnAspect):
            read_state(word)


def test_a_number_is_exactly_what_was_written() -> None:
    """No binary arithmetic comes near it."""
    assert read_values(ASPECTS["speech"], "0.30", "", is_item=False)[0].as_tuple() == Decimal("0.30").as_tuple()
