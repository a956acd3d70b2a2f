"""The organiser's workbook: what is written is read back the same, and every wrong cell is told with its place."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings

from competition.plumbing.spreadsheet import NotASpreadsheet, read_spreadsheet
from competition.schemes.cells import WorkbookHasFaults
from competition.schemes.files import shipped, shipped_scheme
from competition.schemes.template import read_template, write_template
from competition.schemes.template.columns import DETAIL, EXAMPLE, TABLES
from competition.schemes.template.example import EXAMPLE_SCHEME
from competition.schemes.template.reader import NotATemplate, TemplateIsEmpty
from schemas.aspects import Band, BandedCredit, Limits, LinearCredit, Measurement, ToleranceByLength
from schemas.base import Text
from schemas.scheme import Scheme
from tests.competition.schemes.drawn import schemes

LANGUAGES = ("zh-CN", "en")
Cells = dict[str, list[list[Any]]]


def sheets_in(content: bytes) -> Cells:
    """Every sheet as rows of texts, as wide as its headings."""
    found: Cells = {}
    for sheet in read_spreadsheet("x.xlsx", content, is_heading=bool):
        wide = max(column for cells in sheet.rows.values() for column in cells)
        found[sheet.name] = [
            [sheet.rows.get(row, {})[at].value if at in sheet.rows.get(row, {}) else "" for at in range(1, wide + 1)]
            for row in range(1, max(sheet.rows) + 1)
        ]
    return found


def book(sheets: Cells, change: Callable[[dict[str, Any]], None] | None = None) -> bytes:
    """A workbook of texts as a person fills it in; ``change`` does what texts cannot to its worksheets."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"strings_to_formulas": False}) as workbook:
        made = {}
        for name, rows in sheets.items():
            made[name] = workbook.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    made[name].write(row, column, value)
        if change:
            change(made)
    return content.getvalue()


def english() -> Cells:
    """The example scheme as sheets to be spoiled; columns are found by ``column``."""
    return sheets_in(write_template(EXAMPLE_SCHEME, "en"))


def column(sheets: Cells, sheet: str, heading: str) -> int:
    """The place of a heading."""
    return sheets[sheet][0].index(heading)


def faults_in(content: bytes) -> list[tuple[str, str]]:
    """The cells that are wrong, with what is said of each."""
    with pytest.raises(WorkbookHasFaults) as raised:
        read_template(content, "scheme.xlsx")
    return [(fault.cell, fault.sentence.format(**fault.data)) for fault in raised.value.faults]


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(schemes())
def test_any_scheme_written_is_read_back_the_same(scheme: Scheme) -> None:
    """Whatever fields a scheme has, both languages' workbooks give it back."""
    for language in LANGUAGES:
        assert read_template(write_template(scheme, language), "scheme.xlsx") == scheme


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scheme_written_is_read_back_the_same(name: str) -> None:
    """Every scheme of the library passes through the workbook unchanged, without the JSON column where a person would look."""
    scheme = shipped_scheme(name)
    for language in LANGUAGES:
        assert read_template(write_template(scheme, language), "scheme.xlsx") == scheme


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_an_empty_workbook_is_a_scheme(language: str) -> None:
    """Without the mark of an example the rows of an empty workbook, with the settings' example taken over, are a scheme."""
    example = EXAMPLE.in_language(language)
    sheets = sheets_in(write_template(None, language))
    settings_sheet, *tables = sheets
    for row in sheets[settings_sheet][1:]:
        row[1] = row[2]
    for name in tables[:-1]:
        assert all(row[0].startswith(example) for row in sheets[name][1:])
        for row in sheets[name][1:]:
            row[0] = row[0].removeprefix(example)
    assert read_template(book(sheets), "scheme.xlsx") == EXAMPLE_SCHEME


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_workbook_is_told_to_be_empty(language: str) -> None:
    """The examples alone are no scheme."""
    with pytest.raises(TemplateIsEmpty):
        read_template(write_template(None, language), "scheme.xlsx")


def test_headings_of_a_sheet_are_different_in_both_languages() -> None:
    """A heading names one column only, and a word one value."""
    for table in TABLES:
        headings = {heading for at in table.columns for heading in {at.heading.zh.casefold(), at.heading.en.casefold()}}
        assert len(headings) == sum(len({at.heading.zh.casefold(), at.heading.en.casefold()}) for at in table.columns)
        for at in table.columns:
            for language in LANGUAGES:
                said = [word.in_language(language).casefold() for word in (at.words or {}).values()]
                assert len(set(said)) == len(said)
    details = next(table for table in TABLES if table.name == "details")
    assert {at.path for at in details.columns} >= {path for detail in DETAIL.values() for path in detail.fields}


def test_sheets_and_words_of_both_languages_are_read_in_one_workbook() -> None:
    """Chinese sheets with English words below English headings, in any order of columns, say the same."""
    sheets = english()
    titles = {table.title.en: table.title.zh for table in TABLES}
    mixed = {
        titles.get(name, name): [list(reversed(row)) for row in rows]
        for name, rows in sheets.items()
        if name != "Scheme"
    }
    assert read_template(book({"方案": sheets["Scheme"]} | mixed), "scheme.xlsx") == EXAMPLE_SCHEME


def test_the_filled_columns_tell_the_kind_of_tolerance_and_credit() -> None:
    """An organiser fills in figures; which kind of tolerance they make follows."""
    sheets = english()
    at = {
        heading: column(sheets, "Aspects", heading)
        for heading in ("Allowed", "Lower", "Upper", "Per length", "Length", "Credit", "Lose", "Step")
    }
    row = sheets["Aspects"][1]
    row[at["Credit"]] = ""
    banded = BandedCredit(bands=(Band(over_up_to=Decimal("0.005"), keep=Decimal("0.5")),))

    def first() -> tuple[Any, Any]:
        aspect = next(read_template(book(sheets), "scheme.xlsx").aspects())
        assert isinstance(aspect, Measurement)
        return aspect.tolerance, aspect.credit

    row[at["Allowed"]], row[at["Per length"]], row[at["Length"]] = "0,02", "300", "900"
    assert first() == (ToleranceByLength(allowed=Decimal("0.02"), per=Decimal(300), length=Decimal(900)), banded)
    row[at["Allowed"]] = row[at["Per length"]] = row[at["Length"]] = ""
    row[at["Lower"]], row[at["Upper"]] = "-0.01", "0.03"
    assert first() == (Limits(lower=Decimal("-0.01"), upper=Decimal("0.03")), banded)
    sheets["Details"].pop(1)
    row[at["Lose"]], row[at["Step"]] = "2", "0.01"
    assert first()[1] == LinearCredit(lose=Decimal(2), per=Decimal("0.01"))


def test_everything_wrong_is_told_at_once_with_its_cell() -> None:
    """Bad figures, words, ids and settings, in five sheets."""
    sheets = english()
    sheets["Scheme"][7][1] = "two"
    sheets["Structure"][3][column(sheets, "Structure", "Points")] = "many"
    sheets["Aspects"][1][column(sheets, "Aspects", "Kind")] = "gauge"
    sheets["Aspects"][2][column(sheets, "Aspects", "Sub-criterion")] = "Z9"
    sheets["Aspects"][3][column(sheets, "Aspects", "Unit")] = "mm"
    sheets["Aspects"][4][column(sheets, "Aspects", "Points")] = ""
    sheets["Details"][4][column(sheets, "Details", "Aspect")] = "nobody"
    sheets["Details"][2][column(sheets, "Details", "Share kept")] = "1"
    sheets["Awards"][1][column(sheets, "Awards", "Number")] = "1.5"
    assert [cell for cell, _ in faults_in(book(sheets))] == [
        "Scheme!B8",
        "Structure!E4",
        "Aspects!E2",
        "Aspects!A3",
        "Aspects!M4",
        "Aspects!F5",
        "Details!F3",
        "Details!A5",
        "Awards!E2",
    ]


def test_a_fault_says_the_heading_and_what_to_do() -> None:
    """A missing figure is told in the words of the workbook."""
    sheets = english()
    sheets["Aspects"][4][column(sheets, "Aspects", "Points")] = ""
    assert faults_in(book(sheets)) == [("Aspects!F5", "“Points” is missing. Fill it in.")]


def test_a_row_below_nothing_is_told() -> None:
    """A criterion above the first stage belongs to none."""
    sheets = english()
    sheets["Structure"][1], sheets["Structure"][2] = sheets["Structure"][2], sheets["Structure"][1]
    cell, said = faults_in(book(sheets))[0]
    assert (cell, said) == ("Structure!A2", "Nothing stands above this row that it could belong to. Add it above.")


def test_merged_cells_are_told() -> None:
    """A merged cell in a table leaves open for which row it speaks."""

    def merge(made: dict[str, Any]) -> None:
        made["Aspects"].merge_range("A2:A3", "A1")

    told = faults_in(book(english(), merge))
    assert told == [("Aspects!A2", "The cells A2:A3 are merged. Split them, and write in each what it is to say.")]


def test_a_formula_that_gives_an_error_and_a_date_made_of_a_number_are_told() -> None:
    """Two things that spreadsheets do to figures."""

    def spoil(made: dict[str, Any]) -> None:
        made["Structure"].write_formula("E3", "=1/0", None, "#DIV/0!")

    assert faults_in(book(english(), spoil)) == [("Structure!E3", "The formula gives #DIV/0!. Write the value itself.")]


def test_unknown_headings_and_sheets_are_told_rather_than_left_out() -> None:
    """What is not understood is not passed over."""
    sheets = english()
    sheets["Penalties"][0].append("Colour")
    sheets["Aspects 2"] = [["A1"]]
    assert [cell for cell, _ in faults_in(book(sheets))] == [f"Penalties!{'H'}1", "Aspects 2!A1"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("{", 'This is no JSON object. Write {"field": "value"}, or leave the cell empty.'),
        ('{"more": ' + "[" * 100, 'This is no JSON object. Write {"field": "value"}, or leave the cell empty.'),
        ('{"points": "3"}', "“points” has a place of its own in the workbook. Take it out of the further settings."),
        (
            '{"sub_criterion": "A2"}',
            "“sub_criterion” has a place of its own in the workbook. Take it out of the further settings.",
        ),
        ('{"colour": "red"}', "“colour” has no meaning here. Empty the cell, or choose another kind."),
    ],
)
def test_further_settings_are_a_json_object_of_what_has_no_column(more: str, said: str) -> None:
    """Anything else is told at the cell."""
    sheets = english()
    sheets["Aspects"][2][column(sheets, "Aspects", "More settings")] = more
    assert faults_in(book(sheets)) == [("Aspects!AN3", said)]


def test_other_workbooks_are_told_from_a_template() -> None:
    """A workbook without the sheets, and a file that is no workbook."""
    with pytest.raises(NotATemplate):
        read_template(book({"Sheet1": [["a", "b"]]}), "scheme.xlsx")
    with pytest.raises(NotASpreadsheet):
        read_template(b"\x89PNG....", "scheme.xlsx")


def test_texts_that_look_like_formulas_stay_texts() -> None:
    """A name that begins with an equals sign is written and read as it is."""
    scheme = shipped_scheme(shipped()[0])
    named = Text(zh="=1+1", en="=HYPERLINK(A1)")
    changed = Scheme(**{field: getattr(scheme, field) for field in scheme.__struct_fields__} | {"name": named})
    assert read_template(write_template(changed, "en"), "scheme.xlsx").name == named
