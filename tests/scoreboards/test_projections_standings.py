"""The standings of an event as a board shows them: rows in order, plain figures, columns chosen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from schemas.boards import BoardHead, BoardRow
from schemas.results import EntrantState, PublicationStatus
from scoreboards.facts import EventFacts, Projection, columns_of, goes_by_total
from tests.scoreboards.house import small_scheme
from tests.scoreboards.readings import (
    COLUMNS,
    NAME,
    NOW,
    TITLE,
    board_rows,
    entrant,
    facts,
    projected,
    publication,
    published,
    row,
    sign,
    standing,
)


def rows_of(given: EventFacts) -> tuple[BoardRow, ...]:
    """What the public sees of an event's standings."""
    return board_rows(projected(sign(), given))


def test_projection_while_blind_shows_codes_only() -> None:
    """While marking is blind rows carry the bench code, and neither name nor delegation."""
    assert projected(sign(), facts()) == Projection(
        head=BoardHead(
            id="hall", kind="standings", title=TITLE, event=NAME, columns=COLUMNS, status="live", has_names=False
        ),
        revision=7,
        rows=(row(1, "1-01", 1, "60.5"), row(2, "1-02", 2, "40")),
    )


def test_projection_of_an_open_event_shows_names() -> None:
    """Where marking is not blind, names and delegations are shown."""
    assert [(one.code, one.name, one.delegation) for one in rows_of(facts(is_blind=False))] == [
        ("1-01", "李娜", "合肥"),
        ("1-02", "王伟", "芜湖"),
    ]


@pytest.mark.parametrize("status", ["provisional", "official"])
def test_projection_of_a_publication_is_that_publication(status: PublicationStatus) -> None:
    """Once published the board is the published list with names, and not the live standings."""
    shown = publication(status, published(1, "1-02", "王伟", "88.8"), published(2, "1-01", "李娜", "77"))
    projection = projected(sign(), facts(publication=shown))
    given: dict[str, Any] = {"figures": (Decimal(9), Decimal(7)), "progress": 100, "delegation": "合肥"}
    assert (projection.head.status, projection.head.published_at, projection.revision) == (status, NOW, 7)
    assert projection.rows == (
        row(1, "1-02", 1, "88.8", name="王伟", **given),
        row(2, "1-01", 2, "77", name="李娜", **given),
    )


def test_order_puts_ranked_first_then_unmarked_then_out() -> None:
    """Places go 1 to n: by rank, equals by code, then who is not marked yet, then who is absent or out."""
    rows = rows_of(
        facts(
            entrants=tuple(entrant(number, f"1-{13 - number}") for number in range(1, 8)),
            standings=(
                standing(1, None, "0", state="absent"),
                standing(2, None, "0", marked=0),
                standing(3, 2, "50", shared=True),
                standing(4, 2, "50", shared=True),
                standing(5, 1, "70"),
                standing(6, None, "90", state="disqualified"),
                standing(7, None, "95", state="unranked"),
            ),
        ),
    )
    assert [(one.place, one.code, one.rank, one.shared, one.state) for one in rows] == [
        (1, "1-8", 1, False, "competing"),
        (2, "1-9", 2, True, "competing"),
        (3, "1-10", 2, True, "competing"),
        (4, "1-11", None, False, "competing"),
        (5, "1-6", None, False, "unranked"),
        (6, "1-7", None, False, "disqualified"),
        (7, "1-12", None, False, "absent"),
    ]


@pytest.mark.parametrize("state", ["absent", "unranked", "withdrawn", "disqualified"])
def test_row_of_who_is_out_carries_no_points(state: EntrantState) -> None:
    """The points of who does not compete are not shown."""
    out = standing(1, None, "90", state=state, criteria={"A": Decimal(9)})
    assert rows_of(facts(standings=(out,)))[1] == row(
        2, "1-02", None, "0", figures=(None, None), progress=0, state=state
    )


def test_who_withdrew_before_any_mark_is_not_on_the_board() -> None:
    """At registration: they never competed."""
    entrants = (entrant(1, "1-02", status="withdrawn"), entrant(2, "1-01"))
    assert [one.code for one in rows_of(facts(entrants=entrants))] == ["1-01"]


def test_entrants_before_the_draw_are_named_or_not_shown() -> None:
    """Without a code an entrant is shown by number, but only where names are shown anyway."""
    entrants = (entrant(1, None, "王伟"), entrant(2, "1-01", "李娜"))
    assert [one.code for one in rows_of(facts(entrants=entrants, is_blind=False, standings=()))] == [
        "#1",
        "1-01",
    ]
    assert [one.code for one in rows_of(facts(entrants=entrants, standings=()))] == ["1-01"]


def test_progress_is_full_only_when_everything_is_marked() -> None:
    """999 of 1,000 readings are 99 percent."""
    almost = standing(1, 1, "60", marked=999, expected=1000)
    assert rows_of(facts(standings=(almost,)))[0].progress == 99


@pytest.mark.parametrize(
    ("computed", "shown"),
    [("0E-28", "0.000000"), ("1E-7", "0.000000"), ("8.333333", "8.333333"), ("1E+2", "100"), ("87.50", "87.50")],
)
def test_figures_are_written_plainly(computed: str, shown: str) -> None:
    """No exponent reaches a client."""
    rows = rows_of(facts(standings=(standing(1, 1, computed, stages={"theory": Decimal(computed)}),)))
    assert (str(rows[0].total), str(rows[0].figures[0])) == (shown, shown)


def test_only_a_total_without_a_last_decimal_has_more_than_six() -> None:
    """Where a scheme rounds nothing, the board can tell an endless total from one of six places; a column's figure is cut."""
    endless = "8.333333333333333333333333333"
    rows = rows_of(facts(standings=(standing(1, 1, endless, stages={"theory": Decimal(endless)}),)))
    assert (str(rows[0].total), str(rows[0].figures[0])) == (endless, "8.333333")


def test_columns_are_stages_and_their_criteria() -> None:
    """A stage with one criterion is one column; with several, each is a column of its own after the stage."""
    assert [(column.kind, column.id) for column in columns_of(small_scheme())] == [
        ("stage", "theory"),
        ("stage", "practice"),
        ("criterion", "A"),
        ("criterion", "B"),
    ]
    assert columns_of(None) == ()


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [((), ("theory", "A")), (("A",), ("A",)), (("A", "theory"), ("theory", "A")), (("gone",), ("theory", "A"))],
)
def test_board_shows_the_columns_chosen_for_it(chosen: tuple[str, ...], shown: tuple[str, ...]) -> None:
    """Columns stand in the scheme's order; none chosen, or none of them left after an amendment, are all."""
    projection = projected(sign(columns=chosen), facts(standings=(standing(1, 1, "9", criteria={"A": Decimal(1)}),)))
    figures = {"theory": Decimal(8), "A": Decimal(1)}
    assert tuple(column.id for column in projection.head.columns) == shown
    assert board_rows(projection)[0].figures == tuple(figures[column] for column in shown)


def test_places_lack_points_only_where_they_go_by_the_total() -> None:
    """The small scheme ranks by the total; without a scheme nothing is known."""
    assert (goes_by_total(small_scheme()), goes_by_total(None)) == (True, False)
