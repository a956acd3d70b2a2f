"""Names and figures are set on the server as in the browser: both are tested by the table in ``typesetting.json``."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from competition.plumbing.templating import points
from schemas.base import Text
from schemas.boards import BoardAward, BoardColumn, BoardHead
from scoreboards.typesetting import density, figure, fit, most, shape, title_fit

CASES = json.loads((Path(__file__).parent / "typesetting.json").read_text("utf-8"))


@pytest.mark.parametrize(("value", "shown"), CASES["figures"])
def test_figure_has_two_places(value: str | None, shown: str) -> None:
    """A column's points have two places, a half rounded up, and a dash where nothing is marked."""
    assert figure(None if value is None else Decimal(value)) == shown


@pytest.mark.parametrize(("name", "size"), CASES["fits"])
def test_fit_goes_by_width(name: str, size: str) -> None:
    """A Chinese character counts as two letters."""
    assert fit(name) == size


@pytest.mark.parametrize(("title", "size"), CASES["titles"])
def test_title_fit_goes_by_width(title: str, size: str) -> None:
    """A title is short, medium or long by limits of its own."""
    assert title_fit(title) == size


@pytest.mark.parametrize(("value", "shown"), CASES["totals"])
def test_total_keeps_its_places(value: str, shown: str) -> None:
    """A total is shown as the scheme rounded it, with two places at least."""
    assert points(Decimal(value)) == shown


def test_most_is_short() -> None:
    """What a column can give is written without idle zeros."""
    assert [most(Decimal(value)) for value in ("10", "10.00", "7.50", "100")] == ["10", "10", "7.5", "100"]


def test_density_follows_the_columns() -> None:
    """Many columns are set closely, and beyond fifteen only the stages are shown."""
    assert [density(columns) for columns in (0, 11, 12, 15, 16)] == ["airy", "airy", "dense", "dense", "crowded"]


def test_shape_is_what_a_page_is_built_for() -> None:
    """Columns and awards make the shape, as the script says it; whatever else changes is filled in."""
    columns = tuple(BoardColumn(id=name, kind="criterion", name=Text(en=name), points=Decimal(10)) for name in "AB")
    awards = (BoardAward(id="gold", name=Text(en="Gold")),)
    head = BoardHead(id="hall", kind="standings", title=Text(), event=Text(), status="live", has_names=False)
    dressed = replace(head, columns=columns, awards=awards)
    assert [shape(head), shape(replace(head, status="frozen")), shape(dressed)] == [
        "standings /",
        "standings /",
        "standings A B / gold",
    ]
