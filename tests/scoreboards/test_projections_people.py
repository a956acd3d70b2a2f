"""One entrant's page, and the podium: what is still possible, and what is revealed so far."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.base import Text
from schemas.boards import Audience, BoardHead, Focus, Need, Prompt, RevealStage
from schemas.results import Reach, Standing
from schemas.staging import Reveal
from scoreboards.facts import EventFacts, Outlook, Projection
from tests.scoreboards.readings import (
    AWARDS,
    COLUMNS,
    NAME,
    TITLE,
    entrant,
    facts,
    freeze,
    podium_row,
    projected,
    prospect,
    publication,
    published,
    reach,
    reveal,
    row,
    script,
    sign,
    standing,
)

FIRST, SECOND = Text(zh="第1名", en="Place 1"), Text(zh="第2名", en="Place 2")


# An entrant's page ----------------------------------------------------------------------------------------------------


def field(*standings: Standing, reaches: tuple[Reach, ...] = (), **other: Any) -> EventFacts:
    """A blind event of so many entrants, coded 1-1, 1-2 and so on, with these standings and reaches."""
    entrants = tuple(entrant(number, f"1-{number}") for number in range(1, len(standings) + 1))
    outlook = Outlook(prospect=prospect(reaches=reaches))
    return facts(entrants=entrants, standings=standings, outlook=outlook, **other)


def focus_of(given: EventFacts, code: str, audience: Audience = "public") -> Focus:
    """What the page of an entrant says is possible."""
    focus = projected(sign(), given, audience, code).head.focus
    assert focus is not None
    return focus


def need(place: int, points: str | None) -> Need:
    """What a place needs, or None where it is theirs, within what is possible."""
    return Need(place=place, points=None if points is None else Decimal(points), is_possible=True)


def beyond(place: int, points: str) -> Need:
    """What a place needs, more than is possible."""
    return replace(need(place, points), is_possible=False)


def test_entrant_page_is_their_row_between_its_neighbours() -> None:
    """With the board's columns, what is possible, and what the places ahead need."""
    assert projected(sign(columns=("theory",)), facts(), entrant="1-02") == Projection(
        head=BoardHead(
            id="hall", kind="entrant", title=TITLE, event=NAME, status="live", has_names=False, columns=COLUMNS[:1],
            focus=Focus(
                code="1-02", least=Decimal(40), most=Decimal(80), best=1, worst=2,
                needs=(need(1, "20.5"), need(2, None), need(3, None)),
            ),
        ),
        revision=10,
        rows=(
            row(1, "1-01", 1, "60.5", figures=(Decimal(8),)), row(2, "1-02", 2, "40", figures=(Decimal(8),)),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(("code", "neighbours"), [("1-1", "12"), ("1-2", "123"), ("1-4", "345"), ("1-5", "45")])
def test_entrant_page_shows_the_rows_before_and_behind(code: str, neighbours: str) -> None:
    """The first has nobody before, the last nobody behind."""
    given = field(*(standing(number, number, str(90 - number)) for number in range(1, 6)))
    assert [one.code for one in projected(sign(), given, entrant=code).rows] == [f"1-{number}" for number in neighbours]


@pytest.mark.parametrize(
    ("ranks", "own", "needs"),
    [
        ([1, 2, 3, 4], 4, (beyond(1, "30"), need(2, "20"), need(3, "10"))),
        ([1, 2, 3, 4], 2, (beyond(1, "10"), need(2, None), need(3, None))),
        ([1, 1, 3, 4], 4, (beyond(1, "20"), beyond(2, "20"), need(3, "10"))),
        ([1, 1, 2, 3], 4, (beyond(1, "20"), need(2, "10"), need(3, None))),
        ([2, 2, 3, 4], 4, (beyond(1, "20"), beyond(2, "20"), need(3, "10"))),
        ([1, 2, None, None], 4, (beyond(1, "80"), need(2, "70"))),
        ([1, 1, 1, None], 4, (beyond(1, "80"),)),
        ([None, None, None, None], 4, ()),
        ([1], 1, (need(1, None), need(2, None), need(3, None))),
    ],
)
def test_needs_are_what_the_places_have_now(ranks: list[int | None], own: int, needs: tuple[Need, ...]) -> None:
    """Skipped places need what those ahead of them have; who has a place needs nothing; where nobody stands any mark may do."""
    totals = dict(zip(sorted({rank for rank in ranks if rank}), ("80", "70", "60", "50"), strict=False))
    given = field(
        *(
            standing(number, rank, totals[rank] if rank else "0", marked=5 if rank else 0)
            for number, rank in enumerate(ranks, start=1)
        ),
        reaches=(reach(own, "0", "79", 1, 4),),
    )
    assert focus_of(given, f"1-{own}").needs == needs


@examples(
    ranked=st.lists(st.integers(min_value=0, max_value=5), min_size=1, max_size=6),
    most=st.integers(min_value=0, max_value=100),
)
def test_whoever_gets_what_a_place_needs_is_not_behind_it(ranked: list[int], most: int) -> None:
    """With so many points more, fewer others have a higher total than the place allows; and possible is what ``most`` covers."""
    totals = [str(10 * total) for total in sorted(ranked, reverse=True)]
    ranks = [1 + sum(Decimal(other) > Decimal(total) for other in totals) for total in totals]
    own, others = len(totals), totals[:-1]
    given = field(
        *(
            standing(number, rank, total)
            for number, (rank, total) in enumerate(zip(ranks, totals, strict=True), start=1)
        ),
        reaches=(reach(own, "0", str(most), 1, own),),
    )
    for one in focus_of(given, f"1-{own}").needs:
        wanted = Decimal(totals[-1]) + (one.points or 0)
        assert sum(Decimal(other) > wanted for other in others) < one.place
        assert one.points is None or one.is_possible == (most >= wanted)


CLOSED = Focus(code="1-02", least=None, most=None, best=None, worst=None, needs=())


@pytest.mark.parametrize(
    ("given", "focus"),
    [
        (facts(outlook=Outlook(prospect=prospect(reaches=()))), CLOSED),
        (facts(standings=(standing(1, None, "40", state="disqualified"),)), CLOSED),
        (facts(standings=(standing(1, None, "40", state="withdrawn"),)), CLOSED),
        (
            facts(
                publication=publication("provisional", published(2, "1-02", "王伟", "40", number=1)),
                published_outlook=Outlook(prospect=prospect()),
            ),
            CLOSED,
        ),
        (
            facts(by_total=False),
            Focus(code="1-02", least=Decimal(40), most=Decimal(80), best=1, worst=2, needs=()),
        ),
        (
            facts(freeze=freeze(standing(1, 1, "7"), reaches=(reach(1, "7", "9", 1, 2),))),
            Focus(
                code="1-02", least=Decimal(7), most=Decimal(9), best=1, worst=2,
                needs=(need(1, None), need(2, None), need(3, None)),
            ),
        ),
    ],
    ids=["all is marked", "not competing", "withdrawn", "a list is out", "places go by something else", "frozen"],
)  # fmt: skip
def test_focus_tells_what_may_be_told(given: EventFacts, focus: Focus) -> None:
    """Nothing once nothing can change or a list is out; no points where they do not decide; what it was, behind a freeze."""
    assert focus_of(given, "1-02") == focus


def test_focus_of_the_jury_is_of_now() -> None:
    """Behind a freeze the jury sees what is possible now."""
    frozen = facts(freeze=freeze(standing(1, 1, "7"), reaches=(reach(1, "7", "9", 1, 2),)))
    assert focus_of(frozen, "1-02", "jury") == focus_of(facts(), "1-02")


# The podium -----------------------------------------------------------------------------------------------------------


def podium(given: Reveal | None, audience: Audience = "public") -> Projection:
    """The podium of an event with this reveal."""
    return projected(sign("podium"), facts(reveal=given), audience)


def test_podium_shows_who_is_revealed_so_far() -> None:
    """The rows of all steps up to now, in order of place; who is new is named by code."""
    assert podium(reveal("live", 2)) == Projection(
        head=BoardHead(
            id="hall", kind="podium", title=TITLE, event=NAME, status="live", has_names=True, awards=AWARDS,
            reveal=RevealStage(step=2, steps=2, is_paused=False, heading=FIRST, codes=("1-01",)),
        ),
        revision=7,
        rows=(podium_row(1, "1-01", "李娜", "88"), podium_row(2, "1-02", "王伟", "77")),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("mode", "step", "status", "stage", "codes"),
    [
        ("live", 0, "live", RevealStage(step=0, steps=1, is_paused=False, heading=Text(), codes=()), []),
        ("live", 1, "live", RevealStage(step=1, steps=2, is_paused=False, heading=SECOND, codes=("1-02",)), ["1-02"]),
        ("live", 9, "live", RevealStage(step=2, steps=2, is_paused=False, heading=FIRST, codes=("1-01",)), ["1-01", "1-02"]),
        ("rehearsal", 1, "rehearsal", RevealStage(step=1, steps=2, is_paused=False, heading=SECOND, codes=("X-2",)), ["X-2"]),
        ("closed", 1, "preparing", None, []),
    ],
)  # fmt: skip
def test_podium_by_mode_and_step(
    mode: str, step: int, status: str, stage: RevealStage | None, codes: list[str]
) -> None:
    """A rehearsal has its own people and says so; a closed reveal is none; no step is beyond the last."""
    shown = podium(reveal(mode, step))
    assert (shown.head.status, shown.head.reveal, [row.code for row in shown.rows]) == (status, stage, codes)


def test_podium_without_a_reveal_is_as_with_a_closed_one() -> None:
    """Whether anything is prepared is nobody's business."""
    assert podium(None) == podium(reveal("closed", 2)) == podium(reveal("closed", 1), "public")


def test_podium_paused_keeps_its_rows() -> None:
    """The screens put the curtain before them; whoever joins meanwhile lands on the same step."""
    paused, going = podium(reveal("live", 1, is_paused=True)), podium(reveal("live", 1))
    assert paused.head.reveal is not None
    assert (paused.head.reveal.is_paused, paused.rows) == (True, going.rows)


@pytest.mark.parametrize(
    ("mode", "step", "prompt"),
    [
        ("live", 0, Prompt(heading=SECOND, rows=(podium_row(2, "1-02", "王伟", "77"),))),
        ("live", 1, Prompt(heading=FIRST, rows=(podium_row(1, "1-01", "李娜", "88"),))),
        ("live", 2, None),
        ("rehearsal", 1, Prompt(heading=FIRST, rows=(podium_row(1, "X-1", "甲", "60"),))),
        ("closed", 1, None),
    ],
)
def test_presenter_alone_is_told_what_comes_next(mode: str, step: int, prompt: Prompt | None) -> None:
    """Besides, the presenter sees what everybody sees."""
    told = podium(reveal(mode, step), "presenter")
    assert told.head.prompt == prompt
    for audience in ("public", "jury"):
        seen = podium(reveal(mode, step), audience)
        assert (seen.head.prompt, seen.rows) == (None, told.rows)


def test_podium_by_award_collects_awards() -> None:
    """Who is called up twice has one row with both awards, the best first; not before the second call."""
    called = script(podium_row(2, "1-01", "李娜", "88", "best"), podium_row(2, "1-01", "李娜", "88", "m:silver"))
    steps = [replace(reveal("live", step), script=called) for step in (1, 2)]
    assert [podium(one).rows for one in steps] == [
        (podium_row(2, "1-01", "李娜", "88", "best"),),
        (podium_row(2, "1-01", "李娜", "88", "m:silver", "best"),),
    ]
