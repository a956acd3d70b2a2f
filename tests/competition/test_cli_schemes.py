"""The `leitai scheme` commands as people type them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from competition.schemes.files import read_scheme, shipped, shipped_scheme
from competition.schemes.text_file import write_json, write_toml
from schemas.scheme_form import scheme_digest
from tests.competition.schemes.cis_books import HEAD, SHEET, book
from tests.terminal import Terminal

CNC = "cnc-machine-tool-assembly"
EXTENT = (
    "Marking scheme of the event CNC machine tool assembly, adjustment and maintenance."
    " Stages: 2, criteria: 9, sub-criteria: 24, aspects: 60, points: 100."
)

COMMA = "✗ $.stages[0].weight  “30,5” has a comma. Write it with a decimal point: 30.5."
TOO_HEAVY = "$.stages  The weights of the stages sum to 101. Make them sum to 100."


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A terminal on a machine without a database."""
    return Terminal("", tmp_path)


async def test_schemes_are_listed_and_printed(terminal: Terminal) -> None:
    """Without a name every shipped scheme is listed; with one it is printed as JSON or TOML, to start from."""
    code, listed = await terminal.leitai("scheme", "show")
    assert (code, [line.split()[0] for line in listed.splitlines()]) == (0, list(shipped()))
    assert await terminal.leitai("scheme", "show", CNC) == (0, write_json(shipped_scheme(CNC)).decode().strip())
    toml = write_toml(shipped_scheme(CNC)).decode().strip()
    assert await terminal.leitai("scheme", "show", CNC, "--format", "toml") == (0, toml)
    code, printed = await terminal.leitai("scheme", "show", "other")
    assert (code, printed.startswith("✗ No scheme named other is shipped. Choose one of these: cnc")) == (1, True)


async def test_a_good_scheme_is_told_what_it_comes_to(terminal: Terminal) -> None:
    """A file, or a shipped scheme by its name: its extent and its digest, and that nothing is wrong."""
    (terminal.data / "good.toml").write_bytes(write_toml(shipped_scheme(CNC)))
    digest = scheme_digest(shipped_scheme(CNC))
    for file in ("good.toml", CNC):
        said = f"{EXTENT}\ndigest {digest}\n✓ {file} has no faults."
        assert await terminal.leitai("scheme", "check", file) == (0, said)


async def test_everything_wrong_with_a_scheme_is_told(terminal: Terminal) -> None:
    """All faults with their places, in the terminal's language and with exit code 3; those of form as well as those of rules."""
    scheme = msgspec.json.decode(write_json(shipped_scheme(CNC)))
    scheme["stages"][0]["weight"], scheme["version"] = "31", ""
    (terminal.data / "bad.json").write_bytes(msgspec.json.encode(scheme))
    assert await terminal.leitai("scheme", "check", "bad.json") == (
        3,
        f"{EXTENT}\n✗ $.version  The scheme has no version. Write one.\n✗ {TOO_HEAVY}",
    )
    code, printed = await terminal.leitai("scheme", "check", "bad.json", language="zh_CN.UTF-8")
    assert (code, printed.count("✗ $."), "Make them" in printed) == (3, 2, False)
    scheme["stages"][0]["weight"], scheme["places"] = "30,5", "1234"
    (terminal.data / "bad.json").write_bytes(msgspec.json.encode(scheme))
    assert await terminal.leitai("scheme", "check", "bad.json") == (
        3,
        f"{COMMA}\n✗ $.places  “1234” is none of the words allowed here: 1223, 1224, 1334. Do you mean “1334”?",
    )
    (terminal.data / "none.json").write_text("[]", "utf-8")
    assert await terminal.leitai("scheme", "check", "none.json") == (
        3,
        "✗ $  This must be a group of fields. Write their names and values in braces.",
    )
    code, printed = await terminal.leitai("scheme", "check", "gone.json")
    assert (code, printed.splitlines()[-1]) == (
        2,
        "Error: Invalid value: gone.json does not exist or cannot be read.",
    )


async def test_every_cell_of_a_workbook_that_is_wrong_is_told(terminal: Terminal) -> None:
    """A workbook of the CIS is checked like any other file: all of its faults, each with its cell."""
    rows = (
        ("A1", "Sub", 1),
        ("", "", "", "X", "One", "", "", "", "", "", 1),
        ("", "", "", "M", "Two", "", "", "", "", "", "a"),
    )
    (terminal.data / "cis.xlsx").write_bytes(book((*HEAD, "Criterion A"), *rows))
    code, printed = await terminal.leitai("scheme", "check", "cis.xlsx")
    assert (code, printed.splitlines()) == (
        3,
        [
            f"✗ {SHEET}!D3  “X” is no aspect type. Write M (measurement) or J (judgement).",
            f"✗ {SHEET}!K4  This aspect has no figure as its Max Mark. Write one.",
        ],
    )


SPINDLE = "F1.1  Radial runout of the spindle taper, close to the nose\n"
SLIP = "This looks like a slip of the finger or the unit. It would be flagged, and count.\n"
TRIED = {
    ("F1.1", "0.009mm"): (
        0,
        f"{SPINDLE}  0.009 mm → +0.002 over 0.007 → keeps 50 % → 0.50 of 1.00\n✓ 0.50 of 1.00 points",
    ),
    ("F1.1", "-0.002 mm"): (0, f"{SPINDLE}  -0.002 mm → within 0.007 → 1.00 of 1.00\n{SLIP}✓ 1.00 of 1.00 points"),
    ("F1.1", "9um"): (1, "✗ Aspect F1.1 is read in mm, not in um. Convert the value, or correct the unit."),
    ("A1.1", "1 mm", "0"): (1, "✗ Aspect A1.1 has no unit, yet mm is given. Take it out, or correct the aspect."),
    ("A2.2", "是"): (
        0,
        "A2.2  Insulation of the power circuit to earth is at least 1 MΩ\n  yes → 0.50 of 0.50\n✓ 0.50 of 0.50 points",
    ),
    ("A2.2", "perhaps"): (1, "✗ “perhaps” is neither yes nor no. Enter yes or no, 1 or 0."),
    ("C1.1", "Cured in time, the function is back"): (
        0,
        "C1.1  Feed axis cannot be enabled\n  “cured in time, the function is back” → 2.00 of 2.00\n✓ 2.00 of 2.00 points",
    ),
    ("A1.1", "--state", "absent"): (0, "A1.1  Power circuit\n  absent → no points\n✓ 0.00 of 3.00 points"),
    ("A1.1", "0", "--state", "absent"): (
        1,
        "✗ Aspect A1.1 is marked as having no reading, yet one came. Remove it or change the state.",
    ),
}


async def test_values_are_tried(terminal: Terminal) -> None:
    """The points and the way to them; a value in another unit, or one beside a state, is refused."""
    said = [await terminal.leitai("scheme", "try", CNC, *arguments) for arguments in TRIED]
    assert dict(zip(TRIED, said, strict=True)) == TRIED


async def test_times_and_states_are_tried_by_the_rules_of_the_scheme(terminal: Terminal) -> None:
    """A time may have minutes; a state that the scheme gives all points for does."""
    time = {"kind": "over", "limit": 60, "lose": 1, "per": 10}
    name = {"en": "Run"}
    aspect = {"kind": "time", "id": "R", "name": name, "points": 5, "credit": time}
    sub = {"id": "S", "name": name, "points": 5, "panel": {"judges": 1}, "aspects": [aspect]}
    scheme = msgspec.json.decode(write_json(shipped_scheme(CNC))) | {
        "stages": [
            {
                "id": "G",
                "name": name,
                "points": 5,
                "criteria": [{"id": "C", "name": name, "points": 5, "sub_criteria": [sub]}],
            }
        ],
        "ranking": [{"of": "total"}],
        "states": [{"state": "not_measured", "gives": "everything"}],
    }
    (terminal.data / "run.json").write_bytes(msgspec.json.encode(scheme))
    for value in ("1:15.00", "75s"):
        code, printed = await terminal.leitai("scheme", "try", "run.json", "R", value)
        assert (code, printed.splitlines()[-1]) == (0, "✓ 3.00 of 5.00 points")
    assert await terminal.leitai("scheme", "try", "run.json", "R", "--state", "not_measured") == (
        0,
        "R  Run\n  by the scheme's rule for this state → all points\n✓ 5.00 of 5.00 points",
    )
    aspect["points"] = 0
    (terminal.data / "none.json").write_bytes(msgspec.json.encode(scheme))
    assert await terminal.leitai("scheme", "try", "none.json", "R", "75") == (
        3,
        "✗ $.stages[0].criteria[0].sub_criteria[0].aspects[0].points  R gives no points. Write a figure above 0.",
    )
    assert await terminal.leitai("scheme", "try", "run.json", "Q", "1") == (
        1,
        "✗ The scheme has no aspect Q. Choose one of these: R.",
    )


async def test_schemes_are_converted(terminal: Terminal) -> None:
    """The ending says what is written; what a kind of file cannot say is named, and then nothing is written."""
    for made_of, file in ((CNC, "a.toml"), ("a.toml", "b.json"), ("b.json", "c.xlsx")):
        assert await terminal.leitai("scheme", "convert", made_of, file) == (0, f"✓ {file} is written.")
    for file in ("a.toml", "b.json"):
        assert read_scheme((terminal.data / file).read_bytes(), file) == shipped_scheme(CNC)
    code, printed = await terminal.leitai("scheme", "check", "c.xlsx")
    assert (code, printed.splitlines()[-1]) == (0, "✓ c.xlsx has no faults.")
    code, printed = await terminal.leitai("scheme", "convert", "a.toml", "d.xlsx", "--cis")
    assert (code, printed.startswith("✗ stages"), (terminal.data / "d.xlsx").exists()) == (3, True, False)
    assert await terminal.leitai("scheme", "convert", "a.toml", "e.pdf") == (
        1,
        "✗ It is not clear from e.pdf what to write. Give it an ending: .json, .toml or .xlsx.",
    )


async def test_templates_are_written_empty_or_filled(terminal: Terminal) -> None:
    """An empty template is not a scheme yet; a filled one is."""
    said = "✓ scheme.xlsx is written. Fill it in and import it."
    assert await terminal.leitai("scheme", "template") == (0, said)
    code, printed = await terminal.leitai("scheme", "check", "scheme.xlsx")
    assert (code, printed.startswith("✗ ")) == (3, True)
    assert await terminal.leitai("scheme", "template", CNC) == (0, said)
    code, _ = await terminal.leitai("scheme", "check", "scheme.xlsx")
    assert code == 0


async def test_the_json_schema_is_printed(terminal: Terminal) -> None:
    """Figures may be numbers or text, the words of the model explain each part, and nothing else is allowed."""
    code, printed = await terminal.leitai("scheme", "schema")
    schema = msgspec.json.decode(printed)
    band = schema["$defs"]["TimeBand"]
    number = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
    figure = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": number}]}
    assert (code, schema["$ref"]) == (0, "#/$defs/Scheme")
    assert band == {
        "title": "TimeBand",
        "description": "Up to and including this time (seconds), this share of the points is kept.",
        "type": "object",
        "properties": {"up_to": figure, "keep": figure},
        "required": ["up_to", "keep"],
        "additionalProperties": False,
    }
