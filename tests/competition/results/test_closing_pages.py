"""The desk's page of awards, teams, scale, who goes on and what can still change, through the real server."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec
import pytest

from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from competition.registration.frame import event_on
from competition.results.closing_pages import ClosingPage, ClosingRow, TeamTable, closing_of
from competition.results.store import labels_of
from schemas.access import Role
from schemas.base import Text
from schemas.closing import Advancement, Medals, PercentOfBest, PlacesAward, SmallField, TeamStanding
from schemas.results import Closed, Reach, TeamPlace
from schemas.scheme import Cut, Scheme
from tests.house import (
    Contest,
    add_person,
    found_contest,
    found_event,
    mark,
    mark_all,
    marks_for,
    record,
    small_scheme,
)
from tests.site import Site, words_of

METALS = (Text(zh="金牌", en="Gold"), Text(zh="银牌", en="Silver"), Text(zh="铜牌", en="Bronze"))


def closing_scheme() -> Scheme:
    """The small scheme with everything that is made of totals."""
    return msgspec.structs.replace(
        small_scheme(),
        scale=PercentOfBest(),
        awards=(
            Medals(id="medal", names=METALS, small_fields=(SmallField(entrants=1, medals=3),)),
            PlacesAward(id="first", name=Text(zh="一等奖", en="First prize"), count=1),
        ),
        teams=(TeamStanding(id="team", name=Text(zh="团体总分", en="Team total")),),
        advancement=Advancement(top=1, substitutes=1),
    )


@pytest.fixture
async def contest(connection: Connection) -> Contest:
    """A contest of three of three delegations: A01 has everything, A02 everything but a good paper, A03 not all marks yet."""
    contest = await found_contest(connection, scheme=closing_scheme())
    shelf = Shelf()
    for code, paper in (("A01", ("100",)), ("A02", ("60",)), ("A03", ("50",))):
        for judge, command in marks_for(contest, code):
            if command.aspect == "T1.1":
                command = mark(command.sheet_id, "T1.1", *paper)  # noqa: PLW2901 - the same with another reading
            if (code, command.aspect) != ("A03", "B1.2"):
                await record(connection, shelf, contest, judge, command)
    return contest


def row(contest: Contest, code: str, reach: tuple[str, str, int, int], **closed: object) -> ClosingRow:
    """A line of the page as a chief judge sees it: by code."""
    entrant_id = contest.entrants[code]
    least, most, best, worst = reach
    return ClosingRow(
        code=code,
        name="",
        delegation="",
        state="competing",
        closed=Closed(entrant_id=entrant_id, shared=False, cut=None, **closed),  # type: ignore[arg-type]
        reach=Reach(entrant_id=entrant_id, least=Decimal(least), most=Decimal(most), best=best, worst=worst),
    )


async def test_page_has_everything_that_is_made_of_the_totals(connection: Connection, contest: Contest) -> None:
    """Places, scale, medals, prize, who goes on, and what each can still come to; without names for the chief judge."""
    event = await event_on(connection, contest.event_id)
    ids = contest.entrants
    assert await closing_of(connection, Shelf(), event, contest.chief) == ClosingPage(
        person=contest.chief,
        event=event,
        scheme=closing_scheme(),
        rows=(
            row(
                contest,
                "A01",
                ("94.17", "94.17", 1, 1),
                rank=1,
                total=Decimal("94.17"),
                scaled=Decimal("100.00"),
                awards=("medal:gold", "first"),
                advances="yes",
            ),
            row(
                contest,
                "A02",
                ("82.17", "82.17", 2, 2),
                rank=2,
                total=Decimal("82.17"),
                scaled=Decimal("87.26"),
                awards=("medal:silver",),
                advances="substitute",
            ),
            row(
                contest,
                "A03",
                ("58.17", "79.17", 3, 3),
                rank=3,
                total=Decimal("58.17"),
                scaled=Decimal("61.77"),
                awards=("medal:bronze",),
                advances="no",
            ),
        ),
        awards={
            "medal:gold": METALS[0],
            "medal:silver": METALS[1],
            "medal:bronze": METALS[2],
            "first": Text(zh="一等奖", en="First prize"),
        },
        stages={"theory": Text(zh="理论", en="Theory"), "practice": Text(zh="实操", en="Practice")},
        teams=(),
        scale_inputs={"best": Decimal("94.17")},
        codes={ids[code]: code for code in ids},
        shows_names=False,
        is_open=True,
    )


async def test_who_may_see_entrants_sees_names_and_teams(connection: Connection, contest: Contest) -> None:
    """The same page with names, delegations and the team standing for the organiser."""
    event = await event_on(connection, contest.event_id)
    blind = await closing_of(connection, Shelf(), event, contest.chief)
    labels = await labels_of(connection, contest.event_id)
    assert await closing_of(connection, Shelf(), event, contest.organiser) == msgspec.structs.replace(
        blind,
        person=contest.organiser,
        rows=tuple(
            msgspec.structs.replace(
                one, name=labels[one.closed.entrant_id].name, delegation=labels[one.closed.entrant_id].delegation
            )
            for one in blind.rows
        ),
        teams=(
            TeamTable(
                name=Text(zh="团体总分", en="Team total"),
                places=tuple(
                    TeamPlace(
                        delegation=labels[one.closed.entrant_id].delegation,
                        rank=one.closed.rank,
                        shared=False,
                        figure=one.closed.total,
                        members=(one.closed.entrant_id,),
                    )
                    for one in blind.rows
                ),
            ),
        ),
        shows_names=True,
    )


@pytest.mark.parametrize(("role", "sees_names"), [("organiser", True), ("supervisor", True), ("chief_judge", False)])
async def test_page_shows_names_only_to_who_may_see_entrants(
    site: Site, connection: Connection, contest: Contest, role: Role, sees_names: bool
) -> None:
    """Codes and figures for all who see marks; whose they are, and so the teams, while marking is blind not for the chief judge."""
    answer = await (await site.sign_in(role)).get(f"/desk/events/{contest.event_id}/closing")
    labels = (await labels_of(connection, contest.event_id)).values()
    secrets = {value for label in labels for value in (label.name, label.delegation)}
    assert {secret for secret in secrets if secret in answer.text} == (secrets if sees_names else set())
    said = words_of(answer)
    assert ("Members that count" in said) == sees_names
    assert ("Team standings are not shown to you" in said) != sees_names
    assert "Marks are still missing" in said
    name = {label.code: f"{label.name} {label.delegation} " if sees_names else "" for label in labels}
    for words in (
        f"1 A01 {name['A01']}94.17 100.00 Gold First prize goes on 94.17 1",
        f"2 A02 {name['A02']}82.17 87.26 Silver substitute 82.17 2",
        f"3 A03 {name['A03']}58.17 61.77 Bronze – 58.17 – 79.17 3",
        "The scale was made from: best total 94.17",
    ):
        assert words in said


async def test_page_of_finished_marks_has_nothing_open(site: Site, connection: Connection) -> None:
    """With every mark in, the columns of what can still change are gone; without rules about it, awards and teams are too."""
    contest = await found_contest(connection)
    await mark_all(connection, Shelf(), contest)
    said = words_of(await (await site.sign_in()).get(f"/desk/events/{contest.event_id}/closing"))
    assert "What the totals come to by the scheme's own rules." in said
    labels = await labels_of(connection, contest.event_id)
    first = labels[contest.entrants["A01"]]
    assert f"Rank Code Name Total 1= A01 {first.name} {first.delegation} 88.17 1= A02" in said


async def test_page_says_who_was_cut(site: Site, connection: Connection) -> None:
    """Who did not go on from a stage is told so, by the stage's name."""
    scheme = small_scheme()
    theory, practice = scheme.stages
    cut = msgspec.structs.replace(theory, weight=Decimal(0), cut=Cut(top=1))
    practice = msgspec.structs.replace(practice, weight=Decimal(100))
    contest = await found_contest(connection, scheme=msgspec.structs.replace(scheme, stages=(cut, practice)))
    await mark_all(connection, Shelf(), contest, {"A01": {"T1.1": ("90",)}})
    said = words_of(await (await site.sign_in("chief_judge")).get(f"/desk/events/{contest.event_id}/closing"))
    assert re.findall(r"(A0\d) [\d.]+ (out after Theory|–)", said) == [
        ("A01", "–"),
        ("A02", "out after Theory"),
        ("A03", "out after Theory"),
    ]


async def test_page_without_anybody_says_what_comes_first(site: Site, connection: Connection) -> None:
    """Without a scheme, and with a scheme before any mark, the page is there all the same."""
    organiser = await site.sign_in()
    event_id = await found_event(connection, await add_person(connection, "organiser"))
    bare = await organiser.get(f"/desk/events/{event_id}/closing")
    assert (bare.status_code, "Nobody is ranked yet" in words_of(bare)) == (200, True)
    contest = await found_contest(connection, scheme=closing_scheme())
    unmarked = await organiser.get(f"/desk/events/{contest.event_id}/closing")
    assert unmarked.status_code == 200
    assert len(re.findall(r"0\.00 – 100\.00 1 – 3", words_of(unmarked))) == 3


async def test_page_asks_as_often_for_three_entrants_as_for_one(
    site: Site, connection: Connection, statements: list[str]
) -> None:
    """The page costs the same number of statements however many entrants there are."""
    organiser, counts = await site.sign_in(), []
    for entrants in (1, 3):
        contest = await found_contest(connection, entrants=entrants, scheme=closing_scheme())
        await mark_all(connection, Shelf(), contest)
        await organiser.get(f"/desk/events/{contest.event_id}/closing")
        statements.clear()
        assert (await organiser.get(f"/desk/events/{contest.event_id}/closing")).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
