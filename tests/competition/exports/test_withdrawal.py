"""Who withdrew after marks were made, in every file that is exported, and in what is computed again from them."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import msgspec
import pypdf
import pytest
from python_calamine import CalamineWorkbook

from competition.exports import findings as say
from competition.exports.csv_file import results_csv
from competition.exports.findings import STATES, Verification, finding, publication_named
from competition.exports.package_file import package_json, read_package
from competition.exports.pdf_file import results_pdf
from competition.exports.rules import traces_of, verify_package
from competition.exports.xlsx_file import results_xlsx
from schemas.base import Text

if TYPE_CHECKING:
    from competition.plumbing.locale import Language
    from schemas.package import Package
    from schemas.results import EntrantState
    from tests.competition.exports.conftest import World

replace = msgspec.structs.replace


def test_list_has_them_without_a_place_and_whoever_was_tied_alone(forsaken: World) -> None:
    """Behind the absent by code, with the total on record; nobody is disqualified who was not."""
    assert [(row.number, row.rank, row.shared, row.state) for row in forsaken.publication.rows] == [
        (1, 1, False, "competing"),
        (2, 2, False, "competing"),
        (3, 3, False, "competing"),
        (4, None, False, "withdrawn"),
        (5, None, False, "absent"),
        (6, None, False, "disqualified"),
        (7, None, False, "competing"),
    ]


@pytest.mark.parametrize(("language", "word"), [("en", "Withdrawn"), ("zh-CN", "退赛")])
def test_csv_says_it(forsaken: World, language: Language, word: str) -> None:
    """In the column of states, with the total beside it."""
    file = results_csv(forsaken.publication, forsaken.scheme, forsaken.honours, language=language).decode("utf-8-sig")
    assert [line.partition(",1,")[0] for line in file.splitlines() if ",B01," in line] == [
        f",,B01,4,王芳,'@奇瑞,{word},84.00,70,90,70,60,30"
    ]


@pytest.mark.parametrize(("language", "word"), [("en", "Withdrawn"), ("zh-CN", "退赛")])
def test_pdf_says_it_instead_of_a_total(forsaken: World, language: Language, word: str) -> None:
    """As of everybody who does not compete."""
    file = results_pdf(
        forsaken.publication,
        forsaken.scheme,
        forsaken.honours,
        forsaken.signing,
        heading=forsaken.heading,
        language=language,
    )
    read = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(file)).pages)
    assert f"–B014王芳@奇瑞70.0090.00{word}" in re.sub(r"[\s\u200b]", "", read)


def test_workbook_says_it_and_its_formulas_give_no_place(forsaken: World) -> None:
    """The total is computed again all the same; totals and places agree in every row."""
    file = results_xlsx(
        forsaken.publication,
        forsaken.scheme,
        traces_of(forsaken.package),
        forsaken.honours,
        forsaken.signing,
        heading=forsaken.heading,
        language="en",
    )
    sheets: list[list[list[Any]]] = [
        CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(place).to_python() for place in (0, 1, 2)
    ]
    assert sheets[1][4] == ["", "", "B01", 4.0, "王芳", "@奇瑞", "Withdrawn", 84.0, 70.0, 90.0, 70.0, 60.0, 30.0]
    assert sheets[2][7][13:] == [84.0, 84.0, True, 0.0, "", "", True]
    assert sheets[0][-2:] == [["Totals agree", "7 / 7"], ["Ranks agree", "7 / 7"]]


def test_package_is_read_back_and_agrees(forsaken: World, world: World) -> None:
    """Written, read and computed again; the entries before the withdrawal are as they were, so an older checkpoint holds."""
    package, before = read_package(package_json(forsaken.package)), world.publication
    assert package == forsaken.package
    assert verify_package(package, printed=f"{before.ledger_position}:{before.ledger_digest}") == Verification(
        ledger_entries=len(forsaken.package.ledger),
        ledger_digest=forsaken.publication.ledger_digest,
        lists=1,
        checkpoints=2,
        findings=(),
    )


def called(package: Package, state: EntrantState) -> Package:
    """The package with another word for who withdrew."""
    rows = tuple(replace(row, state=state) if row.state == "withdrawn" else row for row in package.publication.rows)
    return replace(package, publication=replace(package.publication, rows=rows))


@pytest.mark.parametrize("state", ["disqualified", "competing"])
def test_another_word_for_it_is_found(forsaken: World, state: EntrantState) -> None:
    """Whoever is called disqualified, or still in the contest, although they withdrew."""
    where = publication_named(1)
    assert verify_package(called(forsaken.package, state)).findings == (
        finding(
            say.STATE_DIFFERS,
            where=where,
            entrant="B01",
            stated=STATES[state],
            computed=Text(zh="退赛", en="withdrawn"),
        ),
    )
