"""What the public may see of an event, decided in one pure place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from schemas.base import Text
from schemas.boards import BoardColumn, BoardHead, BoardRow
from schemas.results import EntrantState, Publication, PublicationStatus, PublishedRow, Standing
from scoreboards.visibility import BoardSign, EntrantFacts, EventFacts, Projection, Sight, columns_of, project, sight_of
from tests.scoreboards.house import small_scheme

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
EVENT = UUID(int=99)
SIGN = BoardSign(id="hall", title=Text(zh="实时排名", en="Live standings"))
COLUMNS = (
    BoardColumn(id="theory", kind="stage", name=Text(zh="理论", en="Theory"), points=Decimal(10)),
    BoardColumn(id="A", kind="criterion", name=Text(zh="任务A", en="Task A"), points=Decimal(10)),
)


def entrant(number: int, code: str | None, name: str = "", **other: Any) -> EntrantFacts:
    """An entrant whose id follows from the number."""
    given = {"name": name or f"选手{number}", "delegation": "芜湖", "status": "eligible", **other}
    return EntrantFacts(id=UUID(int=number), number=number, code=code, **given)


def standing(number: int, rank: int | None, total: str, **other: Any) -> Standing:
    """An entrant's standing; half of the readings are in unless it says otherwise."""
    given: dict[str, Any] = {
        "shared": False, "state": "competing", "stages": {"theory": Decimal(8)}, "criteria": {}, "marked": 5, "expected": 10,
    } | other  # fmt: skip
    return Standing(entrant_id=UUID(int=number), revision=1, rank=rank, total=Decimal(total), **given)


def facts(**other: Any) -> EventFacts:
    """An event with two entrants, the second leading."""
    given: dict[str, Any] = {
        "is_blind": True,
        "revision": 7,
        "columns": COLUMNS,
        "entrants": (entrant(1, "1-02", "王伟"), entrant(2, "1-01", "李娜")),
        "standings": (standing(1, 2, "40"), standing(2, 1, "60.5")),
        "publication": None,
    } | other
    return EventFacts(id=EVENT, name=Text(zh="装调", en="Assembly"), **given)


def publication(status: PublicationStatus, *rows: PublishedRow, revision: int = 5) -> Publication:
    """A result list."""
    return Publication(
        event_id=EVENT, number=1, status=status, revision=revision, ledger_position=3, ledger_digest="", scheme_digest="",
        published_at=NOW, rows=rows,
    )  # fmt: skip


def published(rank: int, code: str, name: str, total: str) -> PublishedRow:
    """A line of a result list."""
    return PublishedRow(
        rank=rank, shared=False, code=code, number=rank, name=name, delegation="合肥", state="competing",
        total=Decimal(total), stages={"theory": Decimal(9)}, criteria={"A": Decimal(7)},
    )  # fmt: skip


def row(place: int, code: str, rank: int | None, total: str, **other: Any) -> BoardRow:
    """A row of a blind board."""
    given: dict[str, Any] = {
        "shared": False, "name": "", "delegation": "", "figures": (Decimal(8), None), "progress": 50, "state": "competing",
    } | other  # fmt: skip
    return BoardRow(place=place, code=code, rank=rank, total=Decimal(total), **given)


def test_projection_while_blind_shows_codes_only() -> None:
    """While marking is blind rows carry the bench code, and neither name nor delegation."""
    assert project(SIGN, facts()) == Projection(
        head=BoardHead(
            id="hall",
            title=SIGN.title,
            event=Text(zh="装调", en="Assembly"),
            columns=COLUMNS,
            status="live",
            published_at=None,
        ),
        revision=7,
        rows=(row(1, "1-01", 1, "60.5"), row(2, "1-02", 2, "40")),
    )


def test_projection_of_an_open_event_shows_names() -> None:
    """Where marking is not blind, names and delegations are shown."""
    assert [(one.code, one.name, one.delegation) for one in project(SIGN, facts(is_blind=False)).rows] == [
        ("1-01", "李娜", "芜湖"),
        ("1-02", "王伟", "芜湖"),
    ]


@pytest.mark.parametrize("status", ["provisional", "official"])
def test_projection_of_a_publication_is_that_publication(status: PublicationStatus) -> None:
    """Once published the board is the published list with names, and not the live standings."""
    shown = publication(status, published(1, "1-02", "王伟", "88.8"), published(2, "1-01", "李娜", "77"))
    projection = project(SIGN, facts(publication=shown))
    given: dict[str, Any] = {"figures": (Decimal(9), Decimal(7)), "progress": 100, "delegation": "合肥"}
    assert (projection.head.status, projection.head.published_at, projection.revision) == (status, NOW, 5)
    assert projection.rows == (
        row(1, "1-02", 1, "88.8", name="王伟", **given),
        row(2, "1-01", 2, "77", name="李娜", **given),
    )


def test_sight_of_a_draft_is_live() -> None:
    """A draft does not exist for the public."""
    assert sight_of(facts(publication=publication("draft"))) == Sight(source="standings", names=False, status="live")


def test_sight_before_any_mark_is_preparing() -> None:
    """A board is live from the first mark on."""
    unmarked = (standing(1, None, "0", marked=0),)
    assert sight_of(facts(standings=unmarked)).status == sight_of(facts(standings=())).status == "preparing"


def test_order_puts_ranked_first_then_unmarked_then_out() -> None:
    """Places go 1 to n: by rank, equals by code, then who is not marked yet, then who is absent, not ranked or disqualified."""
    projection = project(
        SIGN,
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
    assert [(one.place, one.code, one.rank, one.shared, one.state) for one in projection.rows] == [
        (1, "1-8", 1, False, "competing"),
        (2, "1-9", 2, True, "competing"),
        (3, "1-10", 2, True, "competing"),
        (4, "1-11", None, False, "competing"),
        (5, "1-6", None, False, "unranked"),
        (6, "1-7", None, False, "disqualified"),
        (7, "1-12", None, False, "absent"),
    ]


@pytest.mark.parametrize("state", ["absent", "unranked", "disqualified"])
def test_row_of_who_is_out_carries_no_points(state: EntrantState) -> None:
    """The points of who does not compete are not shown."""
    out = standing(1, None, "90", state=state, criteria={"A": Decimal(9)})
    assert project(SIGN, facts(standings=(out,))).rows[1] == row(
        2, "1-02", None, "0", figures=(None, None), progress=0, state=state
    )


def test_withdrawn_entrants_are_absent_from_the_board() -> None:
    """Who withdrew is not on the board at all."""
    entrants = (entrant(1, "1-02", status="withdrawn"), entrant(2, "1-01"))
    assert [one.code for one in project(SIGN, facts(entrants=entrants)).rows] == ["1-01"]


def test_entrants_before_the_draw_are_named_or_not_shown() -> None:
    """Without a code an entrant is shown by number, but only where names are shown anyway."""
    entrants = (entrant(1, None, "王伟"), entrant(2, "1-01", "李娜"))
    assert [one.code for one in project(SIGN, facts(entrants=entrants, is_blind=False, standings=())).rows] == [
        "#1",
        "1-01",
    ]
    assert [one.code for one in project(SIGN, facts(entrants=entrants, standings=())).rows] == ["1-01"]


def test_progress_is_full_only_when_everything_is_marked() -> None:
    """999 of 1,000 readings are 99 percent."""
    almost = standing(1, 1, "60", marked=999, expected=1000)
    assert project(SIGN, facts(standings=(almost,))).rows[0].progress == 99


@pytest.mark.parametrize(
    ("computed", "shown"),
    [("0E-28", "0.000000"), ("1E-7", "0.000000"), ("8.333333", "8.333333"), ("1E+2", "100"), ("87.50", "87.50")],
)
def test_figures_are_written_plainly(computed: str, shown: str) -> None:
    """No exponent reaches a client."""
    rows = project(SIGN, facts(standings=(standing(1, 1, computed, stages={"theory": Decimal(computed)}),))).rows
    assert (str(rows[0].total), str(rows[0].figures[0])) == (shown, shown)


def test_only_a_total_without_a_last_decimal_has_more_than_six() -> None:
    """Where a scheme rounds nothing, the board can tell an endless total from one of six places; a column's figure is cut."""
    endless = "8.333333333333333333333333333"
    rows = project(SIGN, facts(standings=(standing(1, 1, endless, stages={"theory": Decimal(endless)}),))).rows
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


def _renamed(given: EventFacts) -> EventFacts:
    entrants = tuple(
        msgspec.structs.replace(
            one, id=UUID(int=one.id.int + 500), number=one.number + 100, name="欧阳静怡", delegation="马鞍山"
        )
        for one in given.entrants
    )
    standings = tuple(
        msgspec.structs.replace(one, entrant_id=UUID(int=one.entrant_id.int + 500), revision=one.revision + 1)
        for one in given.standings
    )
    return msgspec.structs.replace(given, entrants=entrants, standings=standings)


def _listed_the_other_way(given: EventFacts) -> EventFacts:
    return msgspec.structs.replace(given, entrants=given.entrants[::-1], standings=given.standings[::-1])


def _with_a_draft(given: EventFacts) -> EventFacts:
    return msgspec.structs.replace(given, publication=publication("draft", published(1, "1-02", "王伟", "99")))


def _with_a_withdrawal(given: EventFacts) -> EventFacts:
    gone = entrant(3, "1-03", "赵敏", status="withdrawn")
    return msgspec.structs.replace(
        given, entrants=(*given.entrants, gone), standings=(*given.standings, standing(3, None, "33"))
    )


def _with_somebody_not_drawn(given: EventFacts) -> EventFacts:
    return msgspec.structs.replace(given, entrants=(*given.entrants, entrant(4, None, "周杰")))


@pytest.mark.parametrize(
    "change", [_renamed, _listed_the_other_way, _with_a_draft, _with_a_withdrawal, _with_somebody_not_drawn]
)
def test_leak_nothing_hidden_while_blind(change: Callable[[EventFacts], EventFacts]) -> None:
    """Two blind events that differ only in what is hidden project to the same bytes."""
    assert _bytes(change(facts())) == _bytes(facts())


def _with_later_marks(given: EventFacts) -> EventFacts:
    return msgspec.structs.replace(
        given, revision=given.revision + 4, standings=(standing(1, 1, "99"), standing(2, 2, "1"))
    )


def _with_nobody_left(given: EventFacts) -> EventFacts:
    return msgspec.structs.replace(given, revision=given.revision + 1, entrants=(), standings=())


@pytest.mark.parametrize("change", [_with_later_marks, _with_nobody_left, _renamed, _listed_the_other_way])
def test_leak_nothing_after_a_publication(change: Callable[[EventFacts], EventFacts]) -> None:
    """What happens after a publication shows in no byte of it, the revision included."""
    shown = facts(publication=publication("provisional", published(1, "1-01", "李娜", "77")))
    assert _bytes(change(shown)) == _bytes(shown)


def test_leak_test_would_notice() -> None:
    """The bytes compared above do differ where something visible differs."""
    assert _bytes(_renamed(facts(is_blind=False))) != _bytes(facts(is_blind=False))
    assert _bytes(_with_later_marks(facts())) != _bytes(facts())


def _bytes(given: EventFacts) -> bytes:
    return msgspec.json.encode(project(SIGN, given))
