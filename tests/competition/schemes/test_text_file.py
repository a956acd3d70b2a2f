"""Schemes as JSON and TOML: exact, the same both ways, and refused with a place and a remedy."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from competition.schemes.files import SchemeTooLarge, read_scheme, shipped, shipped_scheme
from competition.schemes.form import FormHasFaults
from competition.schemes.template import write_template
from competition.schemes.text_file import SchemeNotSane, SchemeNotToml, SchemeNotUtf8, write_json, write_toml
from schemas.base import Text
from schemas.problems import Problem
from schemas.scheme import Scheme
from schemas.scheme_form import scheme_digest

NOT_SANE = "x.toml cannot be read: a figure or a list in it has no sane size. Correct it and import it again."
CNC = shipped_scheme("cnc-machine-tool-assembly")


@pytest.mark.parametrize("name", shipped())
def test_shipped_schemes_are_the_same_in_every_file(name: str) -> None:
    """JSON and TOML give back the same scheme with the same digest; the template the same points."""
    scheme = shipped_scheme(name)
    for file, content in (("x.json", write_json(scheme)), ("x.TOML", write_toml(scheme))):
        again = read_scheme(content, file)
        assert (again, scheme_digest(again)) == (scheme, scheme_digest(scheme))
    filled = read_scheme(write_template(scheme, "en"), "x.xlsx")
    assert [aspect.points for aspect in filled.aspects()] == [aspect.points for aspect in scheme.aspects()]


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8")), st.decimals(-10, 10, places=6))
def test_any_text_and_figure_is_written_and_read_again(text: str, figure: Decimal) -> None:
    """Quotes, backslashes, line ends and controls in a text, and every digit of a figure."""
    scheme = replace(CNC, source=text, name=Text(zh=text, en="x"), floor=figure)
    assert read_scheme(write_toml(scheme), "x.toml") == scheme
    assert read_scheme(write_json(scheme), "x.json") == scheme


@pytest.mark.parametrize(
    ("old", "new"), [(b'"weight": "30"', b'"weight": 30.000'), (b'"weight": "30"', b'"weight": 3e1')]
)
def test_json_numbers_are_exact(old: bytes, new: bytes) -> None:
    """A figure may be a number, with as many digits as are written."""
    long = b'"floor": 0.1000000000000000055511151231257827, "code"'
    read = read_scheme(write_json(CNC).replace(old, new).replace(b'"code"', long), "x.json")
    assert (read.stages[0].weight, str(read.floor)) == (
        Decimal(30),
        "0.1000000000000000055511151231257827",
    )


def test_toml_figures_are_exact_as_numbers_and_as_text() -> None:
    """A tenth is a tenth, not the nearest binary fraction."""
    for written in (b"0.1", b'"0.1"', b"1e-1"):
        assert read_scheme(b"floor = " + written + b"\n" + write_toml(CNC), "x.toml").floor == Decimal("0.1")


@pytest.mark.parametrize(
    ("old", "new", "problem", "sentence"),
    [
        (
            b"code =",
            b"coed =",
            FormHasFaults,
            "Faults in x.toml: 1, the first at $. Correct all of them and import the file again.",
        ),
        (
            b"version =",
            b"version",
            SchemeNotToml,
            (
                "x.toml is not TOML at line 3, column 9 (Expected '=' after a key in a key/value pair)."
                " Correct it there and import it again."
            ),
        ),
        (
            b'"1"',
            b'"""1',
            SchemeNotToml,
            "x.toml is not TOML at line 952, column 1 (Unterminated string). Correct it there and import it again.",
        ),
        (b'"1"', b"9" * 5000, SchemeNotSane, NOT_SANE),
        (b'"1"', b"1e99999999999999999999", SchemeNotSane, NOT_SANE),
        (b'"1"', b"[" * 5000, SchemeNotSane, NOT_SANE),
        (
            b"",
            b"a = '\xff'",
            SchemeNotUtf8,
            "x.toml is not UTF-8 text (see line 1). Save it as UTF-8 and import it again.",
        ),
        (b"", b" " * 4_194_304, SchemeTooLarge, "x.toml is larger than 4194304 bytes and cannot be a marking scheme."),
    ],
)
def test_toml_that_cannot_be_read_is_refused(old: bytes, new: bytes, problem: type[Problem], sentence: str) -> None:
    """What is wrong is told with its place: the field, or the line and the column."""
    content = write_toml(CNC).replace(old, new, 1)
    with pytest.raises(problem) as refused:
        read_scheme(content, "x.toml")
    assert sentence in str(refused.value)
    assert type(refused.value) is problem


@pytest.mark.parametrize("absurd", [b"[" * 5000, b"1e99999999999999999999"])
def test_json_of_no_sane_size_is_refused(absurd: bytes) -> None:
    """Lists that never end and figures that nobody can hold are told, not tried."""
    with pytest.raises(SchemeNotSane):
        read_scheme(b'{"floor": ' + absurd + b"}", "x.json")


def test_absurd_figures_are_written_without_being_spelled_out() -> None:
    """What is wrong with a figure is for the check to tell; a file with a million zeros helps nobody."""
    for figure in ("1E+999999", "-Infinity", "NaN", "1E-999999"):
        scheme = replace(CNC, floor=Decimal(figure))
        for content, file in ((write_toml(scheme), "x.toml"), (write_json(scheme), "x.json")):
            assert str(read_scheme(content, file).floor) == figure


def test_a_byte_order_mark_is_no_part_of_the_file() -> None:
    """Editors on Windows put one in front."""
    scheme: Scheme = read_scheme(b"\xef\xbb\xbf" + write_toml(CNC), "x.toml")
    assert scheme == CNC
