"""Re-votes over a real database: opened by the rule or the chief judge, answered blindly, and everything kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from competition.judging import actions, rules, rulings
from competition.judging.revotes import REVOTE_LASTS
from competition.judging.store import sheet_with, sheets_of_event
from competition.ledger import store as ledger
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.marks import Mark, Reopening, RetractMark, Revote
from schemas.problems import NotFound, Problem
from tests.competition.judging.voting import found_panel, revotes_in, vote, vote_all, votes_in_force
from tests.house import NOW, Contest, findings, mark, receipt_of, recomputed_standings, record, seal, stored_standings

SOON = NOW + timedelta(seconds=30)
OVER = NOW + REVOTE_LASTS


async def test_the_last_vote_of_a_panel_that_lies_apart_opens_a_revote(connection: Connection) -> None:
    """Levels 3, 2 and 1 with a re-vote from 2: one re-vote with all three votes, two minutes long, by nobody but the rule."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote(connection, shelf, contest, 0, 3)
    second = await vote(connection, shelf, contest, 1, 2)
    assert await revotes_in(connection, contest) == []
    third = await vote(connection, shelf, contest, 2, 1)
    [revote] = await revotes_in(connection, contest)
    assert revote == Revote(
        id=revote.id,
        entrant_id=contest.entrants[contest.codes[0]],
        sub_criterion="B1",
        aspect="B1.1",
        votes=revote.votes,
        by=None,
        closes_at=NOW + timedelta(minutes=2),
        recorded_at=NOW,
    )
    assert set(revote.votes) == {first.id, second.id, third.id}
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()


@pytest.mark.parametrize(("levels", "expected"), [((3, 2, 2), 0), ((1, 3, 2), 1), ((3, 3, 1), 1), ((0, 0, 0), 0)])
async def test_only_votes_as_far_apart_as_the_rule_says_are_repeated(
    connection: Connection, levels: tuple[int, ...], expected: int
) -> None:
    """One level apart is within the rule, two are not."""
    contest = await found_panel(connection)
    await vote_all(connection, Shelf(), contest, levels)
    assert len(await revotes_in(connection, contest)) == expected


async def test_a_state_without_reading_is_a_vote_but_no_level(connection: Connection) -> None:
    """Who marks absent has voted; the other two lie apart all the same."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote(connection, shelf, contest, 0, 3)
    await vote(connection, shelf, contest, 1, 1)
    absent = mark(contest.sheet(contest.codes[0], "B1", 2), "B1.1", state="absent")
    await record(connection, shelf, contest, contest.judges[2], absent)
    [revote] = await revotes_in(connection, contest)
    assert absent.id in revote.votes


async def test_a_recused_judge_is_not_waited_for(connection: Connection) -> None:
    """The panel of an entrant is who has a sheet for that entrant: two votes are all there are."""
    probe = await found_panel(connection)
    code = probe.codes[0]
    employer = await connection.fetchval("SELECT employer FROM entrant WHERE id = $1", probe.entrants[code])
    contest, shelf = await found_panel(connection, employers=("", "", employer)), Shelf()
    await vote_all(connection, shelf, contest, (3, 1), code=code)
    assert [len(revote.votes) for revote in await revotes_in(connection, contest)] == [2]


async def test_where_two_of_three_judge_two_votes_open_a_revote(connection: Connection) -> None:
    """An aspect that not the whole panel marks is complete as soon as enough have."""
    contest, shelf = await found_panel(connection, voters=2), Shelf()
    await vote_all(connection, shelf, contest, (3, 1))
    assert [len(revote.votes) for revote in await revotes_in(connection, contest)] == [2]


async def test_second_votes_supersede_the_first_without_a_reason_and_both_are_kept(connection: Connection) -> None:
    """All answer within the time: the second votes count, the ledger has all six, and no further re-vote opens by rule."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 0))
    [revote] = await revotes_in(connection, contest)
    for judge, level in enumerate((3, 3, 1)):
        again = await vote(
            connection, shelf, contest, judge, level, supersedes=first[judge], revote=revote.id, now=SOON
        )
        assert again.flags == ()
    in_force = await votes_in_force(connection, contest)
    assert [level for level, _ in in_force.values()] == [3, 3, 1]
    entries = await ledger.entries(connection, contest.event_id)
    assert [entry.id for entry in entries if isinstance(entry, Mark)][:3] == first
    assert len([entry for entry in entries if isinstance(entry, Mark)]) == 6
    assert await revotes_in(connection, contest) == [revote]
    assert await stored_standings(connection, contest) == await recomputed_standings(connection, contest)
    assert await findings(connection, contest) == ()


async def test_whoever_does_not_answer_keeps_the_first_vote(connection: Connection) -> None:
    """A vote after the time is kept, flagged and without effect; the first one stands."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    just_in_time = OVER - timedelta(milliseconds=1)
    in_time = await vote(connection, shelf, contest, 0, 2, supersedes=first[0], revote=revote.id, now=just_in_time)
    late = await vote(connection, shelf, contest, 1, 2, supersedes=first[1], revote=revote.id, now=OVER)
    assert (in_time.flags, late.flags) == ((), ("late",))
    assert await votes_in_force(connection, contest) == {0: (2, in_time.id), 1: (3, first[1]), 2: (1, first[2])}


async def test_a_revote_is_answered_once_a_second_change_of_mind_needs_a_reason(connection: Connection) -> None:
    """The answer is a vote; whoever changes it corrects a mark, and says why. The same answer again is the same."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    sheet, judge = contest.sheet(contest.codes[0], "B1", 2), contest.judges[2]
    answer = mark(sheet, "B1.1", "2", supersedes=first[2], revote=revote.id)
    changed = mark(sheet, "B1.1", "3", supersedes=answer.id, revote=revote.id)
    explained = mark(sheet, "B1.1", "3", supersedes=answer.id, revote=revote.id, reason="input")
    outcomes = await record(connection, shelf, contest, judge, answer, answer, changed, explained, now=SOON)
    assert outcomes[0] == outcomes[1]
    assert isinstance(outcomes[2], rules.CorrectionNeedsReason)
    assert receipt_of(outcomes[3]).flags == ()


async def test_an_answer_to_something_else_is_kept_without_effect(connection: Connection) -> None:
    """An unknown re-vote, or a first vote that is not the one that stands: nothing is lost, nothing counts."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    answers = [
        await vote(connection, shelf, contest, 2, 2, supersedes=supersedes, revote=to, now=SOON)
        for supersedes, to in ((first[2], new_id()), (None, revote.id), (new_id(), revote.id))
    ]
    assert [answer.flags for answer in answers] == [("late",), ("conflict",), ("conflict",)]
    assert (await votes_in_force(connection, contest))[2] == (1, first[2])


async def test_a_vote_that_nobody_asked_for_stays_a_correction(connection: Connection) -> None:
    """While a re-vote is open too, a mark that does not answer it needs a reason, and the answer is still awaited."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    sheet, judge = contest.sheet(contest.codes[0], "B1", 2), contest.judges[2]
    bare = mark(sheet, "B1.1", "2", supersedes=first[2])
    explained = mark(sheet, "B1.1", "2", supersedes=first[2], reason="input")
    answer = mark(sheet, "B1.1", "3", supersedes=explained.id, revote=revote.id)
    outcomes = await record(connection, shelf, contest, judge, bare, explained, answer, now=SOON)
    assert isinstance(outcomes[0], rules.CorrectionNeedsReason)
    assert [receipt_of(outcome).flags for outcome in outcomes[1:]] == [(), ()]


async def test_a_correction_that_brings_votes_apart_opens_the_first_revote(connection: Connection) -> None:
    """The rule looks at what stands: a panel that agreed is asked again when a correction parts it."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 3))
    await vote(connection, shelf, contest, 1, 1, supersedes=first[1], reason="input")
    assert len(await revotes_in(connection, contest)) == 1


# Signing --------------------------------------------------------------------------------------------------------------


async def test_signed_sheets_of_the_panel_are_reopened_for_a_revote(connection: Connection) -> None:
    """Judges 0 and 1 had signed before judge 2 voted: both sheets are open again, each with its reopening, and say why."""
    contest, shelf = await found_panel(connection), Shelf()
    signed = [contest.sheet(contest.codes[0], "B1", judge) for judge in (0, 1)]
    for judge, sheet_id in enumerate(signed):
        await vote(connection, shelf, contest, judge, 3)
        power = mark(sheet_id, "B1.2", "1")
        await record(connection, shelf, contest, contest.judges[judge], power)
        await seal(connection, shelf, contest, sheet_id)
    await vote(connection, shelf, contest, 2, 0)
    reopened = [entry for entry in await ledger.entries(connection, contest.event_id) if isinstance(entry, Reopening)]
    assert {(entry.sheet_id, entry.judge_id, entry.by, entry.reason) for entry in reopened} == {
        (sheet_id, contest.judges[judge].id, None, "重评 / re-vote B1.1") for judge, sheet_id in enumerate(signed)
    }
    states = [await sheet_with(connection, sheet_id) for sheet_id in signed]
    assert [(sheet.sealed_at, sheet.seal, sheet.reopened_for) for sheet in states if sheet] == [
        (None, None, "重评 / re-vote B1.1")
    ] * 2
    assert await findings(connection, contest) == ()


async def test_the_chief_judges_revote_says_who_reopened_the_sheets(connection: Connection) -> None:
    """What the chief judge asked for stands in the chief judge's name, on the ledger and on the sheet."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote_all(connection, shelf, contest, (3, 3, 3))
    sheet_id = await _sign(connection, shelf, contest, 0)
    await _open(connection, contest)
    assert [
        (entry.sheet_id, entry.by, entry.reason)
        for entry in await ledger.entries(connection, contest.event_id)
        if isinstance(entry, Reopening)
    ] == [(sheet_id, contest.chief.id, "重评 / re-vote B1.1")]
    assert await connection.fetchval("SELECT reopened_by FROM score_sheet WHERE id = $1", sheet_id) == contest.chief.id


async def test_a_sheet_signed_by_who_left_the_panel_stays_signed(connection: Connection) -> None:
    """Judge 0 voted, signed and left; the others' votes open a re-vote: the sheet stays signed and listed, its vote counts."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote(connection, shelf, contest, 0, 3)
    sheet_id = await _sign(connection, shelf, contest, 0)
    staying = [judge.id for judge in contest.judges[1:]]
    await actions.seat_panel(connection, contest.event_id, "B1", staying, actor_id=contest.organiser.id, now=NOW)
    await vote(connection, shelf, contest, 1, 3)
    await vote(connection, shelf, contest, 2, 0)
    assert len(await revotes_in(connection, contest)) == 1
    sheet = await sheet_with(connection, sheet_id)
    assert sheet is not None
    assert (sheet.is_sealed(), sheet.is_current) == (True, False)
    assert sheet_id in {listed.id for listed in await sheets_of_event(connection, contest.event_id)}
    assert not any(isinstance(entry, Reopening) for entry in await ledger.entries(connection, contest.event_id))
    assert (await votes_in_force(connection, contest))[0][0] == 3
    assert await findings(connection, contest) == ()


async def test_nobody_signs_while_the_own_vote_is_awaited(connection: Connection) -> None:
    """Before the answer the sign-off is refused with the time; after it, or when the time is over, the sheet is signed."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    for judge in (0, 1):
        power = mark(contest.sheet(contest.codes[0], "B1", judge), "B1.2", "1")
        await record(connection, shelf, contest, contest.judges[judge], power)
    with pytest.raises(rules.VoteIsAwaited) as refused:
        await seal(connection, shelf, contest, contest.sheet(contest.codes[0], "B1", 0), now=SOON)
    assert refused.value.data["at"] == "09:02"
    before = (await votes_in_force(connection, contest))[0][1]
    await vote(connection, shelf, contest, 0, 2, supersedes=before, revote=revote.id, now=SOON)
    await seal(connection, shelf, contest, contest.sheet(contest.codes[0], "B1", 0), now=SOON)
    await seal(connection, shelf, contest, contest.sheet(contest.codes[0], "B1", 1), now=OVER)
    assert await findings(connection, contest) == ()


# By the chief judge ---------------------------------------------------------------------------------------------------


async def test_the_chief_judge_has_a_panel_vote_again_as_often_as_it_takes(connection: Connection) -> None:
    """After the rule's re-vote another by hand; each is answered on top of what stands."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote_all(connection, shelf, contest, (3, 3, 1))
    await _answer_all(connection, shelf, contest, (3, 3, 0))
    await _open(connection, contest, now=SOON)
    await _answer_all(connection, shelf, contest, (2, 2, 2))
    assert [revote.by for revote in await revotes_in(connection, contest)] == [None, contest.chief.id]
    assert [level for level, _ in (await votes_in_force(connection, contest)).values()] == [2, 2, 2]
    assert await findings(connection, contest) == ()


async def test_a_revote_by_hand_needs_a_panel_that_has_voted_and_does_not_vote_now(connection: Connection) -> None:
    """Not yet complete, a figure that is measured, one that is open already, nothing there: each with its own problem."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote_all(connection, shelf, contest, (3, 3))
    assert await _refused(connection, contest, "B1.1") is rulings.PanelIsIncomplete
    await vote(connection, shelf, contest, 2, 3)
    assert await _refused(connection, contest, "B1.2") is rulings.NothingToVoteOn
    assert await _refused(connection, contest, "X") is NotFound
    assert await _refused(connection, contest, "B1.1", entrant_id=new_id()) is NotFound
    await _open(connection, contest)
    assert await _refused(connection, contest, "B1.1") is rulings.RevoteIsOpen
    await _open(connection, contest, now=OVER)
    assert len(await revotes_in(connection, contest)) == 2


# Taking back ----------------------------------------------------------------------------------------------------------


async def test_a_vote_that_the_panel_sees_is_not_taken_back(connection: Connection) -> None:
    """Until the last vote anybody may take the own one back; then others have seen it, and only a correction is left."""
    contest, shelf = await found_panel(connection), Shelf()
    await vote(connection, shelf, contest, 0, 3)
    unseen = await vote(connection, shelf, contest, 1, 3)
    sheet = contest.sheet(contest.codes[0], "B1", 1)
    await actions.retract_mark(connection, shelf, sheet, _undo(unseen.id), person=contest.judges[1], now=NOW)
    await vote(connection, shelf, contest, 1, 2)
    seen = await vote(connection, shelf, contest, 2, 3)
    sheet = contest.sheet(contest.codes[0], "B1", 2)
    with pytest.raises(rules.VotesAreOpen):
        await actions.retract_mark(connection, shelf, sheet, _undo(seen.id), person=contest.judges[2], now=NOW)
    assert [level for level, _ in (await votes_in_force(connection, contest)).values()] == [3, 2, 3]


async def test_a_second_vote_may_be_taken_back_while_nobody_sees_it(connection: Connection) -> None:
    """The first vote stands again and the answer is awaited once more; the last answer shows all, and stays."""
    contest, shelf = await found_panel(connection), Shelf()
    first = await vote_all(connection, shelf, contest, (3, 3, 1))
    [revote] = await revotes_in(connection, contest)
    sheet = contest.sheet(contest.codes[0], "B1", 2)
    slip = await vote(connection, shelf, contest, 2, 0, supersedes=first[2], revote=revote.id)
    await actions.retract_mark(connection, shelf, sheet, _undo(slip.id), person=contest.judges[2], now=SOON)
    for judge, level in ((0, 3), (1, 3), (2, 3)):
        last = await vote(connection, shelf, contest, judge, level, supersedes=first[judge], revote=revote.id)
        assert last.flags == ()
    with pytest.raises(rules.VotesAreOpen):
        await actions.retract_mark(connection, shelf, sheet, _undo(last.id), person=contest.judges[2], now=SOON)
    assert await findings(connection, contest) == ()


async def test_a_ruling_is_not_the_judges_to_take_back(connection: Connection) -> None:
    """What the chief judge or the paper entered in a judge's name is not undone from the tablet."""
    contest, shelf = await found_panel(connection), Shelf()
    sheet = contest.sheet(contest.codes[0], "B1", 0)
    paper = mark(sheet, "B1.1", "3")
    await actions.record_paper(connection, shelf, sheet, [paper], person=contest.chief, now=NOW)
    with pytest.raises(rules.NothingToTakeBack):
        await actions.retract_mark(connection, shelf, sheet, _undo(paper.id), person=contest.judges[0], now=NOW)


def _undo(mark_id: UUID) -> RetractMark:
    return RetractMark(id=new_id(), mark=mark_id, made_at=NOW + timedelta(seconds=5))


async def _sign(connection: Connection, shelf: Shelf, contest: Contest, judge: int) -> UUID:
    """Mark what is left of a judge's sheet of the first entrant, and sign it; returns the sheet's id."""
    sheet_id = contest.sheet(contest.codes[0], "B1", judge)
    await record(connection, shelf, contest, contest.judges[judge], mark(sheet_id, "B1.2", "1"))
    await seal(connection, shelf, contest, sheet_id)
    return sheet_id


async def _answer_all(connection: Connection, shelf: Shelf, contest: Contest, levels: tuple[int, ...]) -> None:
    """Everybody votes again on the newest re-vote."""
    revote = (await revotes_in(connection, contest))[-1]
    stand = await votes_in_force(connection, contest)
    for judge, level in enumerate(levels):
        before = stand[judge][1]
        await vote(connection, shelf, contest, judge, level, supersedes=before, revote=revote.id, now=SOON)


async def _open(connection: Connection, contest: Contest, *, now: datetime = NOW) -> None:
    entrant_id = contest.entrants[contest.codes[0]]
    await actions.open_revote(connection, Shelf(), contest.event_id, entrant_id, "B1.1", person=contest.chief, now=now)


async def _refused(
    connection: Connection, contest: Contest, aspect: str, *, entrant_id: UUID | None = None
) -> type[Problem]:
    entrant_id = entrant_id or contest.entrants[contest.codes[0]]
    with pytest.raises(Problem) as refused:
        await actions.open_revote(
            connection, Shelf(), contest.event_id, entrant_id, aspect, person=contest.chief, now=NOW
        )
    return refused.type
