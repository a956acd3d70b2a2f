"""Whatever an event may be, nothing hidden is in what an audience gets of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.results import PublicationStatus, Standing
from schemas.staging import Touch
from scoreboards.facts import EventFacts, Outlook
from scoreboards.visibility import sight_of
from tests.scoreboards.readings import (
    KINDS,
    NOW,
    entrant,
    facts,
    freeze,
    projected,
    prospect,
    publication,
    published,
    reach,
    reveal,
    shown,
    sign,
    standing,
    team,
)

points = st.decimals(min_value=0, max_value=100, places=2)
numbers = st.integers(min_value=1, max_value=4)


@st.composite
def standings(draw: st.DrawFn) -> tuple[Standing, ...]:
    """Whatever four entrants may have come to."""
    return tuple(
        standing(
            number,
            draw(st.none() | numbers),
            str(draw(points)),
            shared=draw(st.booleans()),
            state=draw(st.sampled_from(["competing", "absent", "unranked", "withdrawn", "disqualified"])),
            stages=draw(st.dictionaries(st.sampled_from(["theory"]), points)),
            criteria=draw(st.dictionaries(st.sampled_from(["A"]), points)),
            marked=draw(st.integers(min_value=0, max_value=10)),
        )
        for number in draw(st.sets(numbers))
    )


@st.composite
def outlooks(draw: st.DrawFn) -> Outlook:
    """Whatever standings may come to."""
    ids = numbers.map(lambda number: UUID(int=number))
    given = prospect(
        revision=draw(st.integers(min_value=0, max_value=99)),
        winners=draw(st.dictionaries(ids, st.sets(st.sampled_from(["m:gold", "m:silver", "best"])).map(tuple))),
        reaches=tuple(reach(number, "1", str(draw(points)), 1, 3) for number in draw(st.sets(numbers))),
        touched=tuple(
            Touch(
                entrant_id=one, column=draw(st.sampled_from(["theory", "A", "gone"])), at=NOW + timedelta(seconds=ago)
            )
            for ago, one in enumerate(draw(st.lists(ids, max_size=5)))
        ),
    )
    teams = (replace(prospect().teams[0], places=(team("芜湖", draw(st.none() | numbers), str(draw(points)), 1, 2),)),)
    return Outlook(prospect=replace(given, teams=teams), shown=draw(st.integers(min_value=0, max_value=99)))


@st.composite
def events(draw: st.DrawFn) -> EventFacts:
    """Whatever an event of four may be: blind or not, frozen or not, with a list that is out or not, being revealed or not."""
    entrants = tuple(
        entrant(
            number,
            draw(st.sampled_from([f"1-0{number}", None])),
            status=draw(st.sampled_from(["eligible", "withdrawn"])),
        )
        for number in range(1, 5)
    )
    status: PublicationStatus | None = draw(st.sampled_from([None, "draft", "provisional", "official"]))
    return facts(
        is_blind=draw(st.booleans()),
        entrants=entrants,
        standings=draw(standings()),
        outlook=draw(outlooks()),
        freeze=draw(st.none() | st.builds(freeze_of, standings(), outlooks())),
        publication=publication(status, published(1, "1-02", "王伟", str(draw(points)))) if status else None,
        published_outlook=draw(outlooks()),
        reveal=draw(
            st.none()
            | st.builds(reveal, st.sampled_from(["closed", "rehearsal", "live"]), st.integers(min_value=0, max_value=2))
        ),
    )


def freeze_of(taken: tuple[Standing, ...], outlook: Outlook) -> Any:
    """A freeze that took this."""
    return replace(freeze(*taken), outlook=outlook)


@settings(max_examples=25)
@examples(given=events(), later=events())
def test_nothing_hidden_is_in_what_everybody_gets(given: EventFacts, later: EventFacts) -> None:
    """Whatever comes behind a freeze or a list, everybody gets the same; and of the rest, only what the last step revealed."""
    other = replace(given, revision=later.revision + 1, outlook_number=later.outlook_number + 1)
    if sight_of(given, "public", "standings").status not in ("live", "preparing"):
        other = replace(other, standings=later.standings, outlook=later.outlook)
    if given.publication and given.publication.status != "draft":
        other = replace(other, freeze=later.freeze)
    elif later.publication and later.publication.status == "draft":
        other = replace(other, publication=later.publication)
    if given.reveal is None or given.reveal.mode == "closed":
        other = replace(other, reveal=replace(reveal("closed", 1), step=2))
    assert shown(other) == shown(given)


@settings(max_examples=25)
@examples(given=events())
def test_rows_stand_in_order_and_know_no_names_while_blind(given: EventFacts) -> None:
    """On every board places go from 1 on, codes are never twice, and names are on it only if its head says so."""
    for kind in KINDS:
        for audience in ("public", "jury", "presenter"):
            projection = projected(sign(kind), given, audience)
            assert [row.place for row in projection.rows] == list(
                range(1, len(projection.rows) + 1)
            ) or kind == "podium"
            assert len({row.code for row in projection.rows}) == len(projection.rows)
            assert projection.head.has_names or not any(getattr(row, "name", "") for row in projection.rows)
