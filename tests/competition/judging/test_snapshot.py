"""What a tablet is given: panels only when all have voted, second votes only when the re-vote is over, and never more than that."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from competition.access.rules import DeviceIsLocked
from competition.judging import actions, store
from competition.judging.revotes import REVOTE_LASTS
from competition.judging.snapshot import own_sheets, tablet_of
from competition.ledger.actions import read_book
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.base import canonical
from schemas.marks import RetractMark
from schemas.tablet import OwnRevote, OwnSheet, PanelView, Vote
from tests.competition.judging.voting import found_panel, revotes_in, vote, vote_all, votes_in_force, voting_scheme
from tests.house import NOW, SEALER, Contest, add_person, found_contest, mark, mark_all, record, small_scheme

SOON = NOW + timedelta(seconds=30)
OVER = NOW + REVOTE_LASTS


# Panels ---------------------------------------------------------------------------------------------------------------


async def test_nothing_of_others_is_told_before_the_whole_panel_has_marked(connection: Connection) -> None:
    """Two of three have voted, with values, notes and ids of their own: not a byte of them is in the third judge's snapshot."""
    contest, shelf = await found_panel(connection), Shelf()
    empty = await _told(connection, contest, 2)
    for judge, level in ((0, 3), (1, 0)):
        sheet = contest.sheet(contest.codes[0], "B1", judge)
        secret = mark(sheet, "B1.1", str(level), note=f"secret {judge}")
        power = mark(sheet, "B1.2", "1", note="secret")
        await record(connection, shelf, contest, contest.judges[judge], secret, power)
    assert await _told(connection, contest, 2) == empty
    told = (await _told(connection, contest, 2)).decode()
    ids = [row[0] for row in await connection.fetch("SELECT id FROM ledger")]
    others = [str(judge.id) for judge in contest.judges[:2]] + [judge.name for judge in contest.judges[:2]]
    assert len(ids) == 4
    assert [leak for leak in (*map(str, ids), *others, "secret") if leak in told] == []


async def test_once_all_have_voted_everybody_sees_every_vote(connection: Connection) -> None:
    """The last vote opens the panel for all three alike: who gave what, what it gives, and whether they are apart."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote_all(connection, shelf, contest, (3, 2, 2))
    names = sorted((judge.name, judge.id, place) for place, judge in enumerate(contest.judges))
    points = {3: Decimal(10), 2: Decimal("6.666666666666666666666666667")}
    for own in range(3):
        sheet = await _sheet(connection, contest, own)
        [view] = sheet.panel
        assert (view.aspect, view.is_apart) == ("B1.1", False)
        assert [(given.judge, given.is_own, given.values, given.state, given.first) for given in view.votes] == [
            (name, place == own, (Decimal((3, 2, 2)[place]),), "marked", None) for name, _, place in names
        ]
        assert [round(given.points, 9) for given in view.votes] == [
            round(points[(3, 2, 2)[place]], 9) for _, _, place in names
        ]


async def test_a_vote_taken_back_closes_the_panel_again(connection: Connection) -> None:
    """What one measured may be taken back though all have measured; then nobody sees anybody."""
    contest, shelf = await found_contest(connection), Shelf()
    code = contest.codes[0]
    for judge, value in ((0, "0.008"), (1, "0.013")):
        made = mark(contest.sheet(code, "A1", judge), "A1.1", value)
        await record(connection, shelf, contest, contest.judges[judge], made)
    assert [view.aspect for view in (await _sheet(connection, contest, 0, "A1")).panel] == ["A1.1"]
    undo = RetractMark(id=new_id(), mark=made.id, made_at=NOW)
    await actions.retract_mark(connection, shelf, contest.sheet(code, "A1", 1), undo, person=contest.judges[1], now=NOW)
    assert (await _sheet(connection, contest, 0, "A1")).panel == ()


async def test_a_judge_alone_has_no_panel(connection: Connection) -> None:
    """Theory is marked by one: there is nothing to compare."""
    contest = await found_contest(connection)
    await mark_all(connection, Shelf(), contest)
    assert (await _sheet(connection, contest, 0, "T1")).panel == ()


async def test_a_measurement_taken_together_is_settled_and_shown_to_both(connection: Connection) -> None:
    """One of two measures: the panel is complete, the other sees the reading and need not take it again."""
    contest, shelf = await found_contest(connection, scheme=small_scheme(measurers=1)), Shelf()
    made = mark(contest.sheet(contest.codes[0], "A1", 1), "A1.1", "0.013")
    await record(connection, shelf, contest, contest.judges[1], made)
    sheet = await _sheet(connection, contest, 0, "A1")
    assert sheet.settled == ("A1.1",)
    assert sheet.panel == (
        PanelView(
            aspect="A1.1",
            votes=(
                Vote(
                    judge=contest.judges[1].name,
                    is_own=False,
                    values=(Decimal("0.013"),),
                    state="marked",
                    points=Decimal(20),
                ),
            ),
            is_apart=False,
        ),
    )


async def test_who_left_the_panel_is_not_waited_for_and_still_counts(connection: Connection) -> None:
    """The seat of a judge who never voted is taken away: the others' votes are all there are."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote_all(connection, shelf, contest, (3, 2))
    assert (await _sheet(connection, contest, 0)).panel == ()
    staying = [judge.id for judge in contest.judges[:2]]
    await actions.seat_panel(connection, contest.event_id, "B1", staying, actor_id=contest.organiser.id, now=NOW)
    [view] = (await _sheet(connection, contest, 0)).panel
    assert len(view.votes) == 2


@pytest.mark.parametrize("levels", [(3, 2, 2), (3, 1, 1)])
async def test_a_newcomer_to_the_panel_votes_unseen(connection: Connection, levels: tuple[int, ...]) -> None:
    """All had voted, once with a re-vote after it, when one was replaced: who has not voted yet is told no vote, then or later."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote_all(connection, shelf, contest, levels)
    newcomer = await add_person(connection, "judge", name="Newcomer")
    seated = [*(judge.id for judge in contest.judges[:2]), newcomer.id]
    await actions.seat_panel(connection, contest.event_id, "B1", seated, actor_id=contest.organiser.id, now=NOW)
    await actions.lay_out_sheets(connection, contest.event_id)
    book = await read_book(connection, shelf, contest.event_id)
    sheets = await store.sheets_of_judge(connection, newcomer.id)
    for now in (NOW, SOON, OVER):
        own = await own_sheets(connection, book, sheets, now=now)
        assert [(sheet.sub_criterion, sheet.marks, sheet.panel) for sheet in own] == [("B1", (), ())]


async def test_whoever_need_not_vote_sees_the_votes_only_after_the_own(connection: Connection) -> None:
    """Two of three have voted on what two judge: they see each other, the third is settled and may still vote, unseen."""
    contest, shelf = await found_panel(connection, voters=2), Shelf()
    await vote_all(connection, shelf, contest, (3, 2))
    shown = [await _sheet(connection, contest, judge) for judge in range(3)]
    assert [[view.aspect for view in sheet.panel] for sheet in shown] == [["B1.1"], ["B1.1"], []]
    assert shown[2].settled == ("B1.1",)
    await vote(connection, shelf, contest, 2, 2)
    assert _levels(await _sheet(connection, contest, 2), contest) == {0: (3, None), 1: (2, None), 2: (2, None)}


# Re-votes -------------------------------------------------------------------------------------------------------------


async def test_while_a_revote_is_open_first_votes_are_shown_and_second_ones_hidden(connection: Connection) -> None:
    """Judge 0 has answered: the others see the first votes alone, judge 0 the own answer as a mark; nobody's id leaks."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    before = [await _told(connection, contest, judge, now=SOON) for judge in (1, 2)]
    answer = await vote(connection, shelf, contest, 0, 2, supersedes=first[0], revote=revote.id, now=SOON)
    assert [await _told(connection, contest, judge, now=SOON) for judge in (1, 2)] == before
    sheets = [await _sheet(connection, contest, judge, now=SOON) for judge in range(3)]
    assert [sheet.revotes for sheet in sheets] == [
        (OwnRevote(id=revote.id, aspect="B1.1", closes_at=OVER, is_open=True, awaits_own=awaited),)
        for awaited in (False, True, True)
    ]
    assert [_levels(sheet, contest) for sheet in sheets] == [{0: (3, None), 1: (3, None), 2: (1, None)}] * 3
    assert all(view.is_apart for sheet in sheets for view in sheet.panel)
    own = next(given for given in sheets[0].marks if given.aspect == "B1.1")
    assert (own.id, own.values, own.revote) == (answer.id, (Decimal(2),), revote.id)


async def test_when_all_have_voted_again_both_votes_are_shown(connection: Connection) -> None:
    """The last answer closes the re-vote before its time: second votes, each with the first."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    for judge, level in enumerate((3, 2, 2)):
        await vote(connection, shelf, contest, judge, level, supersedes=first[judge], revote=revote.id, now=SOON)
    sheet = await _sheet(connection, contest, 1, now=SOON)
    assert _levels(sheet, contest) == {0: (3, 3), 1: (2, 3), 2: (2, 1)}
    assert [(again.is_open, again.awaits_own) for again in sheet.revotes] == [(False, False)]
    assert [view.is_apart for view in sheet.panel] == [False]


async def test_when_the_time_is_over_what_there_is_is_shown(connection: Connection) -> None:
    """Judge 0 answered, the others did not: their first votes stand and are nobody's second ones."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    await vote(connection, shelf, contest, 0, 2, supersedes=first[0], revote=revote.id, now=SOON)
    sheet = await _sheet(connection, contest, 2, now=OVER)
    assert _levels(sheet, contest) == {0: (2, 3), 1: (3, None), 2: (1, None)}
    assert [(again.is_open, again.awaits_own) for again in sheet.revotes] == [(False, False)]


async def test_a_revote_does_not_wait_for_who_left_the_panel(connection: Connection) -> None:
    """Judge 2 loses the seat before answering: the answers of the other two are all that can come, and are shown."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    staying = [judge.id for judge in contest.judges[:2]]
    await actions.seat_panel(connection, contest.event_id, "B1", staying, actor_id=contest.organiser.id, now=NOW)
    await vote(connection, shelf, contest, 0, 2, supersedes=first[0], revote=revote.id, now=SOON)
    assert _levels(await _sheet(connection, contest, 1, now=SOON), contest) == {
        0: (3, None),
        1: (3, None),
        2: (1, None),
    }
    await vote(connection, shelf, contest, 1, 2, supersedes=first[1], revote=revote.id, now=SOON)
    sheet = await _sheet(connection, contest, 1, now=SOON)
    assert _levels(sheet, contest) == {0: (2, 3), 1: (2, 3), 2: (1, None)}
    assert [again.is_open for again in sheet.revotes] == [False]


async def test_a_correction_during_a_revote_is_not_shown_to_the_others(connection: Connection) -> None:
    """Whoever corrects the first vote while others vote again gives them nothing to go by."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    await vote(connection, shelf, contest, 0, 2, supersedes=first[0], reason="input", now=SOON)
    assert _levels(await _sheet(connection, contest, 2, now=SOON), contest) == {
        0: (3, None),
        1: (3, None),
        2: (1, None),
    }
    assert (await votes_in_force(connection, contest))[0][0] == 2


# Names, statements ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("is_blind", "by_code", "is_named"), [(False, False, True), (True, False, False), (False, True, False)]
)
async def test_names_are_told_only_where_neither_event_nor_scheme_is_blind(
    connection: Connection, is_blind: bool, by_code: bool, is_named: bool
) -> None:
    """One of the two is enough to keep the name from the tablet."""
    contest = await found_panel(connection)
    await connection.execute("UPDATE event SET is_blind = $1", is_blind)
    if not by_code:
        body = canonical(voting_scheme()).replace(b'"blind":true', b'"blind":false').decode()
        await connection.execute("UPDATE scheme SET body = $1", body)
    name = contest.names[contest.codes[0]]
    assert (await _sheet(connection, contest, 0)).name == (name if is_named else "")
    assert (name in (await _told(connection, contest, 0)).decode()) == is_named


async def test_statements_do_not_grow_with_the_sheets(connection: Connection, statements: list[str]) -> None:
    """One sheet or nine, of one judge or of three: as many statements."""
    contest, shelf, counts = await found_panel(connection, entrants=3), Shelf(), []
    for code in contest.codes:
        await vote_all(connection, shelf, contest, (3, 3, 1), code=code)
    book = await read_book(connection, shelf, contest.event_id)
    sheets = await store.sheets_of_event(connection, contest.event_id)
    for some in (sheets[:1], sheets):
        statements.clear()
        assert len(await own_sheets(connection, book, some, now=NOW)) == len(some)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5


async def test_whoever_has_no_tablet_is_given_nothing(connection: Connection) -> None:
    """A snapshot is a tablet's own: it has the tablet's key."""
    contest = await found_contest(connection)
    with pytest.raises(DeviceIsLocked):
        await tablet_of(connection, Shelf(), SEALER, contest.judges[0], version="1", now=NOW)


async def _sheet(
    connection: Connection, contest: Contest, judge: int, sub_criterion: str = "B1", *, now: datetime = NOW
) -> OwnSheet:
    """The first entrant's sheet as this judge sees it."""
    sheet = await store.sheet_with(connection, contest.sheet(contest.codes[0], sub_criterion, judge))
    assert sheet is not None
    book = await read_book(connection, Shelf(), contest.event_id)
    [own] = await own_sheets(connection, book, [sheet], now=now)
    return own


async def _told(connection: Connection, contest: Contest, judge: int, *, now: datetime = NOW) -> bytes:
    """All of a judge's sheets as they go out."""
    book = await read_book(connection, Shelf(), contest.event_id)
    sheets = await store.sheets_of_judge(connection, contest.judges[judge].id)
    return canonical(await own_sheets(connection, book, sheets, now=now))


def _levels(sheet: OwnSheet, contest: Contest) -> dict[int, tuple[int, int | None]]:
    """By judge the level shown, and the first one where there was another."""
    [view] = sheet.panel
    places = {judge.name: place for place, judge in enumerate(contest.judges)}
    return {
        places[given.judge]: (int(given.values[0]), int(given.first[0]) if given.first else None)
        for given in sorted(view.votes, key=lambda given: places[given.judge])
    }
