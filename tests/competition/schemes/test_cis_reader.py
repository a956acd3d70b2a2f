"""Reading a WorldSkills CIS workbook: what the many layouts say, and what of it cannot be read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from competition.schemes.cis.calculations import TYPES
from competition.schemes.cis.reader import read_cis
from competition.schemes.cis.writer import write_cis
from schemas.aspects import (
    Binary,
    Judgement,
    Rounding,
    Score,
)
from schemas.base import Text
from schemas.closing import RankKey
from schemas.scheme import Criterion, Panel, Section, Stage, SubCriterion
from tests.competition.schemes.cis_books import HEAD, SHEET, USUAL, Row, aspect, block, book, en, faults_in


def test_the_usual_layout_is_read_whole() -> None:
    """Sections, criteria with marks, sub-criteria with days, both types of aspects; settings are those of WorldSkills."""
    scheme = read_cis(book(*USUAL, hidden=True), "x.xlsx")
    looks = Judgement(
        id="A1.2",
        name=en("Looks"),
        points=Decimal(1),
        section="2",
        levels=(en("none"), en("basic"), en("good"), en("excellent")),
        revote_from=2,
    )
    header = Binary(
        id="A1.1",
        name=en("Header on all pages"),
        points=Decimal("0.5"),
        hint=en("Header, navigation\nAs drawn"),
        section="1",
        judges=1,
    )
    layout = SubCriterion(
        id="A1", name=en("Layout"), points=Decimal("1.5"), panel=Panel(judges=3), aspects=(header, looks), day=1
    )
    home = Binary(id="A2.1", name=en("Home page"), points=Decimal("1.0"), section="2")
    pages = SubCriterion(id="A2", name=en("Pages"), points=Decimal(1), panel=Panel(judges=1), aspects=(home,), day=2)
    answers = Binary(id="B1.1", name=en("It answers"), points=Decimal("1.1"), section="2")
    server = SubCriterion(
        id="B1", name=en("Server"), points=Decimal("1.1"), panel=Panel(judges=1), aspects=(answers,), day=3
    )
    assert scheme.stages == (
        Stage(
            id="project",
            name=Text(zh="试题", en="Test project"),
            points=Decimal("3.6"),
            criteria=(
                Criterion(id="A", name=en("Static site"), points=Decimal("2.5"), sub_criteria=(layout, pages)),
                Criterion(id="B", name=en("Dynamic site"), points=Decimal("1.1"), sub_criteria=(server,)),
            ),
        ),
    )
    assert scheme.sections == (
        Section(id="1", name=en("Work organization"), weight=Decimal(40)),
        Section(id="2", name=en("Design"), weight=Decimal(60)),
    )
    assert (scheme.code, scheme.name, scheme.trade) == (
        "17-web-development",
        en("17 Web Development"),
        en("Web Development"),
    )
    assert (scheme.rounding, scheme.ranking) == (Rounding(places=2), (RankKey(of="total"),))
    assert [award.id for award in scheme.awards] == ["medals", "excellence", "best-of-nation"]


def test_the_real_workbook_has_what_it_must_have(cases: Path) -> None:
    """EuroSkills 2023: parts, marks and sections as counted by hand, and it passes out and in unchanged."""
    file = cases / "euroskills2023-web.cis.xlsx"
    expected = json.loads((cases / "euroskills2023-web.expected.json").read_text())["expected"]
    scheme = read_cis(file.read_bytes(), file.name)
    aspects = tuple(scheme.aspects())
    types = ["J" if isinstance(aspect, Judgement) else "M" for aspect in aspects]
    assert Counter(types) == expected["by_type"]
    assert {f"Criterion {part.id}": part.points for part in scheme.criteria()} == _figures(expected["criterion_totals"])
    assert {sub.id: sub.points for sub in scheme.sub_criteria()} == _figures(expected["sub_totals"])
    assert {section.id: section.weight for section in scheme.sections} == _figures(expected["wsos"])
    assert _sums((aspect.section or "", aspect.points) for aspect in aspects) == _figures(expected["wsos"])
    assert _sums(zip(types, (aspect.points for aspect in aspects), strict=True)) == _figures(expected["marks_by_type"])
    assert {len(aspect.levels) for aspect in aspects if isinstance(aspect, Judgement)} == {4}
    assert scheme.stages[0].points == Decimal(expected["total"])
    assert len(aspects) == expected["n_aspects"]
    assert read_cis(write_cis(scheme), file.name) == scheme


def test_an_older_layout_is_read() -> None:
    """Fewer columns under other names, types O and J, numbered types, another sheet name, marks as text, no table of sections."""
    old = (
        "Sub\nCriteria\nID",
        "Sub Criteria\n\nName or Description",
        "Aspect\nType\nO = Obj\nJ = Judg",
        "ASPECT\u00a0-\u00a0DESCRIPTION",
        "Judg Score",
        "Extra Aspect Description (Obj or Subj)\nOR\nJudgement Score Description (Judg only)",
        "Requirement\nor Nominal\nSize (Obj Only)",
        "WSSS Section",
        "Max\nMark",
    )
    rows: tuple[Row, ...] = (
        ("Skill: IT Solutions",),
        ("", "", "Criterion", "Description", "Meas (M)", "Judg (J)", "Total"),
        ("", "", "A", "Documents", "0.5", "1", "1.5"),
        (),
        (*old, "Criterion\nA", "Total\nMark", "1.5"),
        ("A1", "Paper\u00a0work", "O1", "Spelling", "", "", "", 1, "0,50"),
        ("", "", "J2", "Reads well", "", "", "", 1, " 1 "),
        ("", "", "", "", "0", "no"),
        ("", "", "", "", "3", "yes"),
    )
    scheme = read_cis(book(*rows, sheet="MarkingScheme"), "old.xlsx")
    (criterion,) = scheme.criteria()
    assert (criterion.name, criterion.points, scheme.name) == (en("Documents"), Decimal("1.5"), en("IT Solutions"))
    (sub,) = criterion.sub_criteria
    assert (sub.name, sub.day) == (en("Paper work"), None)
    assert sub.aspects == (
        Binary(id="A1.1", name=en("Spelling"), points=Decimal("0.5"), judges=1),
        Judgement(
            id="A1.2",
            name=en("Reads well"),
            points=Decimal(1),
            levels=(en("no"), en(""), en(""), en("yes")),
            revote_from=2,
        ),
    )


def test_subjective_aspects_of_old_workbooks_are_scored_from_one_to_ten() -> None:
    """Five experts, the highest and the lowest left out; the mark is a tenth of the Max Mark a point."""
    (sub,) = block(("A1", "Taste", 1, "S", "Flavour", "", "", "", "", "", 4))
    assert sub.panel == Panel(judges=5, drop_highest=1, drop_lowest=1)
    assert sub.aspects == (
        Score(
            id="A1.1",
            name=en("Flavour"),
            points=Decimal(4),
            step=Decimal("0.1"),
            least=Decimal(1),
            most=Decimal(10),
            factor=Decimal("0.4"),
        ),
    )


@pytest.mark.parametrize(
    ("written", "day"), [(1, 1), ("C1", 1), ("Day 2", 2), ("C-1", None), ("", None), ("C+3", 3), ("soon", None)]
)
def test_the_day_of_marking_is_read_however_it_is_written(written: object, day: int | None) -> None:
    """Days before the contest are no days of marking."""
    (sub,) = block(("A1", "Sub", written, "M", "Something", "", "", "", "", "", 1))
    assert sub.day == day


def test_criteria_and_sub_criteria_without_table_heading_or_id_get_the_next() -> None:
    """Neither ``Criterion A`` nor ids: letters and numbers follow each other, and a repeated name is the same sub-criterion."""
    row = ("M", "Something", "", "", "", "", "", 1)
    rows = (HEAD, ("", "One", 1, *row), ("", "One", 1, *row), ("", "Two", 1, *row), HEAD, ("", "", "", *row))
    scheme = read_cis(book(*rows), "only a file name.xlsx")
    assert [aspect.id for aspect in scheme.aspects()] == ["A1.1", "A1.2", "A2.1", "B1.1"]
    assert [sub.name for sub in scheme.sub_criteria()] == [en("One"), en("Two"), en("B1")]
    assert scheme.name == en("only a file name")


def test_a_heading_repeated_at_the_top_of_a_page_begins_nothing() -> None:
    """The aspects below it go on where those above it ended."""
    row = ("", "", "", "M", "Something", "", "", "", "", "", 1)
    (sub,) = block(("A1", "Sub", 1), row, (*HEAD, "Criterion A"), row)
    assert [aspect.id for aspect in sub.aspects] == ["A1.1", "A1.2"]


def test_text_in_the_rows_below_a_measured_aspect_is_its_hint() -> None:
    """What partial marks are given for stands there; subheadings and sums are not read."""
    (sub,) = block(
        ("A1", "Sub", 1, "M", "Form", "", "add 0.1 for the logo", "", "", "", 1),
        ("", "", "", "", "", "", "add 0.2 for the colours"),
        ("", "", "", "", "Navigation"),
        ("", "", "", "", "Total", "", "", "", "", "", 1),
    )
    assert sub.aspects == (
        Binary(id="A1.1", name=en("Form"), points=Decimal(1), hint=en("add 0.1 for the logo\nadd 0.2 for the colours")),
    )


def test_levels_are_read_from_the_aspects_own_row_too() -> None:
    """Some write them as lines of one cell; without any, the four levels have no text, which the check tells."""
    written = "0: none\nLevel 1 - basic\n2) good\n3 = excellent"
    (sub,) = block(
        ("A1", "Sub", 1, "J", "Looks", "", written, "", "", "", 1),
        ("", "", "", "J", "Sounds", "", "listen twice", "", "", "", 1),
    )
    looks, sounds = sub.aspects
    assert isinstance(looks, Judgement)
    assert isinstance(sounds, Judgement)
    assert (looks.levels, looks.hint) == ((en("none"), en("basic"), en("good"), en("excellent")), None)
    assert (sounds.levels, sounds.hint) == ((en(""),) * 4, en("listen twice"))


def test_chinese_texts_are_chinese() -> None:
    """A translated workbook fills the Chinese half of every text."""
    (sub,) = block(("A1", "布局", 1, "M", "页眉", "", "", "", "", "", 1))
    assert (sub.name, sub.aspects[0].name) == (Text(zh="布局", en=""), Text(zh="页眉", en=""))


def test_a_mark_that_a_spreadsheet_reckoned_is_the_one_it_shows() -> None:
    """14.299999999999999 in the file is 14.3 on the screen."""
    assert aspect(14.299999999999999).points == Decimal("14.3")


# What is wrong --------------------------------------------------------------------------------------------------------


def test_everything_wrong_is_told_at_once_with_its_cell() -> None:
    """Types, marks, levels, sections, calculations, ids: each with the cell and what to do."""
    content = book(
        *USUAL[:15],
        ("A1", "Layout", 1),
        ("", "", "", "X", "Header", "", "", "", 1, "", 0.5),
        ("", "", "", "M", "Footer", "", "", "", 1, "", "half"),
        ("", "", "", "M", "", "", "", "", 9, 5, 1),
        ("", "", "", "", "Menu", "", "", "", 1, "", 1),
        ("", "", "", "J", "Looks", "", "", "", 2, "", 1),
        ("", "", "", "", "", 0, "none"),
        ("", "", "", "", "", 0, "again"),
        ("", "", "", "", "", "good", "good"),
        ("A1", "Layout", 1),
        ("First", "Pages", 1),
        calculations=[("", "GUESS", True, "A:::1#x~x#")],
    )
    assert faults_in(content) == [
        (f"{SHEET}!D17", "“X” is no aspect type. Write M (measurement) or J (judgement)."),
        (f"{SHEET}!K18", "This aspect has no figure as its Max Mark. Write one."),
        (f"{SHEET}!E19", "This aspect has no description. Write what is looked at."),
        (f"{SHEET}!I19", "There is no section “9” in the table of sections. Correct it, or add the section."),
        (f"{SHEET}!J19", "There is no calculation in row 5 of the sheet “Calculations”. Add it, or empty this cell."),
        (f"{SHEET}!D20", "This aspect has no type. Write M (measurement) or J (judgement)."),
        (f"{SHEET}!F23", "The level 0 of this aspect is there twice. Give each level once."),
        (f"{SHEET}!F24", "“good” is no level. Write a whole number from 0."),
        (
            f"{SHEET}!A26",
            "“First” is no id of a sub-criterion. Write the criterion's letter and a number, such as A1.",
        ),
        ("Calculations!B1", f"The calculation “GUESS” is unknown. Change it to one of: {', '.join(TYPES)}."),
    ]


def test_ids_there_twice_are_told() -> None:
    """Sections, criteria and sub-criteria."""
    rows = (*USUAL[:6], USUAL[5], *USUAL[6:12], USUAL[11], *USUAL[12:], ("A1", "Again", 1))
    assert [cell for cell, _ in faults_in(book(*rows))] == [f"{SHEET}!A7", f"{SHEET}!A14", f"{SHEET}!A33"]


def _figures(written: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(figure) for name, figure in written.items()}


def _sums(pairs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for name, figure in pairs:
        sums[name] = sums.get(name, Decimal(0)) + figure
    return sums
