"""Signing a sheet over a real database: what is signed, by whom, how often, and what a reopening leaves of it."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from competition.judging import actions, drawings, rules, signing
from competition.judging.papers_store import AlteredPaper, altered_papers, signatures_of
from competition.judging.store import sheet_with
from competition.ledger import store as ledger
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.access import Person
from schemas.base import canonical
from schemas.marks import (
    Drawing,
    Receipt,
    RecordMark,
    ReopenSheet,
    Seal,
    SealSheet,
    Signature,
    Signer,
    SignSheet,
)
from schemas.problems import NotAllowed, Problem
from schemas.scheme import Scheme
from schemas.tablet import OwnSignature
from tests.house import (
    NOW,
    Contest,
    findings,
    found_contest,
    mark,
    mark_all,
    marks_in_force,
    receipt_of,
    record,
    seal,
    small_scheme,
    stored_standings,
)

LATER = NOW + timedelta(minutes=30)
DRAWN = Drawing(width=600, height=200, strokes=(((10, 20), (30, 45), (-4, 60)), ((300, 100),)))
TABLET = UUID(int=77)


# Signing off ----------------------------------------------------------------------------------------------------------


async def test_seal_binds_exactly_what_was_read_back(connection: Connection) -> None:
    """The seal is an entry with the digest of the sheet; sent again it is the same seal, and standings do not move."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet_id = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    command = mark(sheet_id, "T1.1", "80")
    await record(connection, shelf, contest, judge, command)
    before = await stored_standings(connection, contest)
    sign = SealSheet(id=new_id(), marks=(command.id,))
    receipt = await signing.seal_score_sheet(connection, shelf, sheet_id, sign, person=judge, now=LATER)
    again = await signing.seal_score_sheet(connection, Shelf(), sheet_id, sign, person=judge, now=LATER)
    sheet = await sheet_with(connection, sheet_id)
    assert sheet is not None
    signed = rules.sheet_digest(sheet, await marks_in_force(connection, contest.event_id, sheet_id))
    entries = await ledger.entries(connection, contest.event_id)
    assert again == receipt == Receipt(id=sign.id, position=2, revision=receipt.revision)
    assert entries[1:] == (
        Seal(
            id=sign.id,
            sheet_id=sheet_id,
            entrant_id=contest.entrants[contest.codes[0]],
            sub_criterion="T1",
            judge_id=judge.id,
            device_id=None,
            sheet_digest=signed,
            recorded_at=LATER,
        ),
    )
    assert sheet.sealed_at == LATER
    assert await connection.fetchval("SELECT sheet_digest FROM score_sheet WHERE id = $1", sheet_id) == signed
    assert await stored_standings(connection, contest) == before
    assert await findings(connection, contest) == ()


async def test_seal_is_refused_for_anything_but_ones_own_whole_sheet_as_shown(connection: Connection) -> None:
    """Incomplete, changed since it was read, somebody else's, not there, signed already: nothing is written."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, code = contest.judges[0], contest.codes[0]
    sheet_id = contest.sheet(code, "A1", 0)
    first, second = mark(sheet_id, "A1.1", "0.008"), mark(sheet_id, "A1.2", "0")
    await record(connection, shelf, contest, judge, first)
    assert await _refused_seal(connection, sheet_id, judge, first) is rules.SheetIsIncomplete
    await record(connection, shelf, contest, judge, second)
    corrected = mark(sheet_id, "A1.1", "0.009", supersedes=first.id, reason="input")
    await record(connection, shelf, contest, judge, corrected)
    refusals = [
        await _refused_seal(connection, sheet_id, judge, first, second),
        await _refused_seal(connection, sheet_id, judge, corrected),
        await _refused_seal(connection, sheet_id, contest.judges[1], corrected, second),
        await _refused_seal(connection, sheet_id, contest.chief, corrected, second),
        await _refused_seal(connection, new_id(), judge, corrected, second),
    ]
    assert refusals == [
        rules.SheetHasChanged,
        rules.SheetHasChanged,
        rules.NoSuchSheet,
        rules.NoSuchSheet,
        rules.NoSuchSheet,
    ]
    assert await connection.fetchval("SELECT count(*) FROM ledger WHERE kind = 'seal'") == 0
    await seal(connection, shelf, contest, sheet_id)
    assert await _refused_seal(connection, sheet_id, judge, corrected, second) is rules.SheetIsSealed
    assert await connection.fetchval("SELECT count(*) FROM ledger WHERE kind = 'seal'") == 1


async def test_a_sign_off_under_an_id_of_something_else_is_no_sign_off(connection: Connection) -> None:
    """A seal that carries the id of a mark, or of another sheet's seal, is refused and not taken for done."""
    contest, shelf = await found_contest(connection), Shelf()
    await mark_all(connection, shelf, contest)
    judge, first, second = (
        contest.judges[0],
        contest.sheet(contest.codes[0], "T1", 0),
        contest.sheet(contest.codes[1], "T1", 0),
    )
    sealed = await seal(connection, shelf, contest, first)
    [own] = await marks_in_force(connection, contest.event_id, second)
    for taken in (own.id, sealed.id):
        with pytest.raises(rules.EntryIdReused):
            await signing.seal_score_sheet(
                connection, shelf, second, SealSheet(id=taken, marks=(own.id,)), person=judge, now=NOW
            )
    with pytest.raises(rules.EntryIdReused):
        await actions.reopen_score_sheet(
            connection, shelf, first, ReopenSheet(id=sealed.id, reason="抄错"), person=contest.chief, now=NOW
        )
    states = [(await sheet_with(connection, sheet_id)) for sheet_id in (first, second)]
    assert [sheet and sheet.is_sealed() for sheet in states] == [True, False]


async def test_a_mark_and_a_sign_off_in_the_same_moment_do_not_cross(dsn: str, connection: Connection) -> None:
    """Either the mark is in what was signed, or it comes late; never is something signed that nobody read back."""
    contest, shelf = await found_contest(connection), Shelf()
    judge, sheet_id = contest.judges[0], contest.sheet(contest.codes[0], "T1", 0)
    first = mark(sheet_id, "T1.1", "80")
    await record(connection, shelf, contest, judge, first)
    other = await asyncpg.connect(dsn, server_settings={"role": "leitai_app"})
    correction = mark(sheet_id, "T1.1", "81", supersedes=first.id, reason="input")
    sign = SealSheet(id=new_id(), marks=(first.id,))
    marked, signed = await asyncio.gather(
        record(connection, shelf, contest, judge, correction),
        signing.seal_score_sheet(other, Shelf(), sheet_id, sign, person=judge, now=NOW),
        return_exceptions=True,
    )
    await other.close()
    assert not isinstance(marked, BaseException)
    flags = receipt_of(marked[0]).flags
    is_late = isinstance(signed, Receipt)
    assert (is_late, flags) in {(True, ("late",)), (False, ())}
    assert is_late or isinstance(signed, rules.SheetHasChanged)
    assert await findings(connection, contest) == ()


async def test_a_sign_off_is_the_same_only_with_the_same_marks_and_drawing(connection: Connection) -> None:
    """Sent again unlike itself, with other marks, without its drawing or with another, it is refused; the first stands."""
    contest, shelf, sheet_id = await _marked(connection)
    judge = contest.judges[0]
    marks = tuple(mark.id for mark in await marks_in_force(connection, contest.event_id, sheet_id))
    sign = SealSheet(id=new_id(), marks=marks, drawing=DRAWN)
    receipt = await signing.seal_score_sheet(connection, shelf, sheet_id, sign, person=judge, now=NOW)
    elsewhere = await marks_in_force(connection, contest.event_id, contest.sheet(contest.codes[1], "A1", 0))
    for unlike in (
        msgspec.structs.replace(sign, marks=marks[:1]),
        msgspec.structs.replace(sign, marks=(*marks, elsewhere[0].id)),
        msgspec.structs.replace(sign, marks=(*marks, new_id())),
        msgspec.structs.replace(sign, drawing=None),
        msgspec.structs.replace(sign, drawing=msgspec.structs.replace(DRAWN, name="张三")),
    ):
        with pytest.raises(rules.EntryIdReused):
            await signing.seal_score_sheet(connection, shelf, sheet_id, unlike, person=judge, now=LATER)
    await _reopen(connection, shelf, contest, sheet_id)
    again = msgspec.structs.replace(sign, marks=marks[::-1])
    assert await signing.seal_score_sheet(connection, shelf, sheet_id, again, person=judge, now=LATER) == receipt
    assert await connection.fetchval("SELECT count(*) FROM ledger WHERE kind IN ('seal', 'signature')") == 2
    assert await findings(connection, contest) == ()


async def test_the_judges_drawing_is_a_signature_under_the_sign_off(connection: Connection) -> None:
    """Seal and signature are written together; the drawing is kept in the form that the entry has the digest of."""
    contest, shelf, sheet_id = await _marked(connection)
    judge = msgspec.structs.replace(contest.judges[0], device_id=TABLET)
    before = await stored_standings(connection, contest)
    sealed, receipt = await _seal(connection, shelf, contest, sheet_id, judge, DRAWN)
    *_, seal_entry, entry = await ledger.entries(connection, contest.event_id)
    assert isinstance(seal_entry, Seal)
    assert isinstance(entry, Signature)
    assert entry == Signature(
        id=entry.id,
        sheet_id=sheet_id,
        entrant_id=contest.entrants[contest.codes[0]],
        sub_criterion="A1",
        judge_id=judge.id,
        device_id=TABLET,
        seal=sealed.id,
        role="judge",
        by=judge.id,
        sheet_digest=seal_entry.sheet_digest,
        drawing_digest=hashlib.sha256(canonical(DRAWN)).hexdigest(),
        recorded_at=NOW,
    )
    assert (seal_entry.id, receipt.position) == (sealed.id, len(await ledger.entries(connection, contest.event_id)) - 1)
    assert [tuple(row) for row in await connection.fetch("SELECT * FROM drawing")] == [
        (entry.id, contest.event_id, canonical(DRAWN).decode(), NOW)
    ]
    assert await _signatures(connection, sheet_id) == (
        OwnSignature(id=entry.id, role="judge", drawing=DRAWN, signed_at=NOW, holds=True),
    )
    assert await stored_standings(connection, contest) == before
    assert await findings(connection, contest) == ()


async def test_a_drawing_that_is_none_signs_nothing_off(connection: Connection) -> None:
    """With an empty drawing the whole sign-off is refused: the sheet stays open."""
    contest, shelf, sheet_id = await _marked(connection)
    with pytest.raises(drawings.SignatureIsEmpty):
        await _seal(connection, shelf, contest, sheet_id, contest.judges[0], Drawing(width=600, height=200, strokes=()))
    sheet = await sheet_with(connection, sheet_id)
    assert sheet is not None
    assert not sheet.is_sealed()


# Signatures of others -------------------------------------------------------------------------------------------------


async def test_competitor_and_chief_judge_sign_under_the_sign_off(connection: Connection) -> None:
    """The competitor on the judge's tablet, without an account; the chief judge at the desk; sent again it is the same."""
    contest, shelf, sheet_id = await _marked(connection)
    tablet = msgspec.structs.replace(contest.judges[0], device_id=TABLET)
    sealed, _ = await _seal(connection, shelf, contest, sheet_id, tablet, None)
    competitor = SignSheet(id=new_id(), seal=sealed.id, role="competitor", drawing=DRAWN)
    by_name = Drawing(width=1, height=1, strokes=(), name="王裁判长")
    chief = SignSheet(id=new_id(), seal=sealed.id, role="chief_judge", drawing=by_name)
    for command, person in ((competitor, tablet), (chief, contest.chief)):
        first = await signing.sign_score_sheet(connection, shelf, sheet_id, command, person=person, now=LATER)
        again = await signing.sign_score_sheet(connection, Shelf(), sheet_id, command, person=person, now=LATER)
        assert again == first
    *_, third, fourth = await ledger.entries(connection, contest.event_id)
    assert isinstance(third, Signature)
    assert isinstance(fourth, Signature)
    assert [(entry.id, entry.role, entry.by, entry.judge_id, entry.device_id) for entry in (third, fourth)] == [
        (competitor.id, "competitor", None, tablet.id, TABLET),
        (chief.id, "chief_judge", contest.chief.id, tablet.id, None),
    ]
    assert await _signatures(connection, sheet_id) == (
        OwnSignature(id=competitor.id, role="competitor", drawing=DRAWN, signed_at=LATER, holds=True),
        OwnSignature(id=chief.id, role="chief_judge", drawing=by_name, signed_at=LATER, holds=True),
    )
    assert await findings(connection, contest) == ()


async def test_a_reopening_voids_every_signature(connection: Connection) -> None:
    """They stay on record and no longer hold; the sheet signed anew can be, and must be, signed by all again."""
    contest, shelf, sheet_id = await _marked(connection)
    tablet = msgspec.structs.replace(contest.judges[0], device_id=TABLET)
    first, _ = await _seal(connection, shelf, contest, sheet_id, tablet, DRAWN)
    await _sign(connection, shelf, sheet_id, first.id, "competitor", tablet)
    await _reopen(connection, shelf, contest, sheet_id)
    assert [signature.holds for signature in await _signatures(connection, sheet_id)] == [False, False]
    assert await _refused(connection, sheet_id, first.id, "chief_judge", contest.chief) is signing.SignOffHasChanged
    second, _ = await _seal(connection, shelf, contest, sheet_id, tablet, DRAWN)
    assert await _refused(connection, sheet_id, first.id, "chief_judge", contest.chief) is signing.SignOffHasChanged
    await _sign(connection, shelf, sheet_id, second.id, "competitor", tablet)
    assert [(signature.role, signature.holds) for signature in await _signatures(connection, sheet_id)] == [
        ("judge", False),
        ("competitor", False),
        ("judge", True),
        ("competitor", True),
    ]
    assert await findings(connection, contest) == ()


async def test_who_may_not_sign_does_not(connection: Connection) -> None:
    """Each refusal has its own sentence: the wrong tablet, no tablet, no chief judge, the judge apart from the sign-off."""
    contest, shelf, sheet_id = await _marked(connection)
    tablet, other = (msgspec.structs.replace(judge, device_id=TABLET) for judge in contest.judges)
    open_sheet = contest.sheet(contest.codes[1], "A1", 0)
    sealed, _ = await _seal(connection, shelf, contest, sheet_id, tablet, DRAWN)
    await _sign(connection, shelf, sheet_id, sealed.id, "competitor", tablet)
    written = await connection.fetchval("SELECT count(*) FROM ledger")
    assert [
        await _refused(connection, sheet_id, sealed.id, "competitor", other),
        await _refused(connection, sheet_id, sealed.id, "competitor", contest.chief),
        await _refused(connection, sheet_id, sealed.id, "competitor", contest.judges[0]),
        await _refused(connection, sheet_id, sealed.id, "chief_judge", tablet),
        await _refused(connection, sheet_id, sealed.id, "chief_judge", contest.organiser),
        await _refused(connection, sheet_id, sealed.id, "judge", tablet),
        await _refused(connection, sheet_id, sealed.id, "competitor", tablet),
        await _refused(connection, open_sheet, sealed.id, "competitor", tablet),
        await _refused(connection, new_id(), sealed.id, "competitor", tablet),
    ] == [
        rules.NoSuchSheet,
        rules.NoSuchSheet,
        rules.NoSuchSheet,
        NotAllowed,
        NotAllowed,
        signing.JudgeSignsWithSignOff,
        signing.SignedInThisRole,
        signing.SignOffHasChanged,
        rules.NoSuchSheet,
    ]
    assert await connection.fetchval("SELECT count(*) FROM ledger") == written
    assert await connection.fetchval("SELECT count(*) FROM drawing") == 2


async def test_a_competitor_writes_no_name_while_marking_is_blind(connection: Connection) -> None:
    """Under a code nobody's name is kept; where neither event nor sub-criterion is blind, it may be given."""
    contest, shelf, sheet_id = await _marked(connection, _open_scheme())
    tablet = msgspec.structs.replace(contest.judges[0], device_id=TABLET)
    sealed, _ = await _seal(connection, shelf, contest, sheet_id, tablet, None)
    named = msgspec.structs.replace(DRAWN, name="李四")
    assert await _refused(connection, sheet_id, sealed.id, "competitor", tablet, named) is signing.NamedWhileBlind
    await connection.execute("UPDATE event SET is_blind = false")
    await _sign(connection, shelf, sheet_id, sealed.id, "competitor", tablet, named)
    [signature] = await _signatures(connection, sheet_id)
    assert signature.drawing == named


async def test_a_signature_under_an_id_of_something_else_is_none(connection: Connection) -> None:
    """The id of a seal, of another signature, or of the same with another drawing or signer: refused, not taken for done."""
    contest, shelf, sheet_id = await _marked(connection)
    tablet = msgspec.structs.replace(contest.judges[0], device_id=TABLET)
    sealed, _ = await _seal(connection, shelf, contest, sheet_id, tablet, None)
    command = SignSheet(id=new_id(), seal=sealed.id, role="competitor", drawing=DRAWN)
    await signing.sign_score_sheet(connection, shelf, sheet_id, command, person=tablet, now=NOW)
    for unlike, person in (
        (msgspec.structs.replace(command, id=sealed.id), tablet),
        (msgspec.structs.replace(command, role="chief_judge"), contest.chief),
        (msgspec.structs.replace(command, seal=new_id()), tablet),
        (msgspec.structs.replace(command, drawing=msgspec.structs.replace(DRAWN, width=601)), tablet),
        (command, msgspec.structs.replace(contest.judges[1], device_id=TABLET)),
    ):
        with pytest.raises(rules.EntryIdReused):
            await signing.sign_score_sheet(connection, shelf, sheet_id, unlike, person=person, now=NOW)


async def test_signatures_of_many_sheets_are_told_apart_by_one_question(
    connection: Connection, statements: list[str]
) -> None:
    """Each sheet has its own signatures, one without any has none, and three sheets cost no more than one."""
    contest, shelf, first = await _marked(connection)
    tablet = msgspec.structs.replace(contest.judges[0], device_id=TABLET)
    second, third = contest.sheet(contest.codes[0], "A1", 1), contest.sheet(contest.codes[1], "A1", 0)
    sealed, _ = await _seal(connection, shelf, contest, first, tablet, DRAWN)
    await _seal(connection, shelf, contest, second, contest.judges[1], DRAWN)
    await _sign(connection, shelf, first, sealed.id, "competitor", tablet)
    statements.clear()
    found = await signatures_of(connection, [first, second, third])
    assert {sheet_id: [one.role for one in own] for sheet_id, own in found.items()} == {
        first: ["judge", "competitor"],
        second: ["judge"],
    }
    assert len(statements) == 1
    assert await signatures_of(connection, []) == {}


async def test_a_drawing_changed_behind_the_ledger_is_named(dsn: str, connection: Connection) -> None:
    """What the ledger has the digest of is compared with what is kept: changed, and gone."""
    contest, shelf, sheet_id = await _marked(connection)
    sealed, receipt = await _seal(connection, shelf, contest, sheet_id, contest.judges[0], DRAWN)
    signed = await _sign(connection, shelf, sheet_id, sealed.id, "chief_judge", contest.chief)
    assert await altered_papers(connection, contest.event_id) == ()
    first, second = (row["id"] for row in await connection.fetch("SELECT id FROM drawing ORDER BY created_at, id"))
    owner = await asyncpg.connect(dsn)
    await owner.execute("UPDATE drawing SET body = replace(body, '600', '601') WHERE id = $1", first)
    await owner.execute("DELETE FROM drawing WHERE id = $1", second)
    await owner.close()
    assert await altered_papers(connection, contest.event_id) == (
        AlteredPaper(position=receipt.position + 1, id=first, kind="signature", is_missing=False),
        AlteredPaper(position=signed.position, id=second, kind="signature", is_missing=True),
    )
    assert await altered_papers(connection, new_id()) == ()


def _open_scheme() -> Scheme:
    """The small scheme with no sub-criterion blind."""
    return msgspec.json.decode(canonical(small_scheme()).replace(b'"blind":true', b'"blind":false'), type=Scheme)


async def _marked(connection: Connection, scheme: Scheme | None = None) -> tuple[Contest, Shelf, UUID]:
    """A contest with every mark made, and the sheet of its first entrant that judge 0 is about to sign."""
    contest, shelf = await found_contest(connection, scheme=scheme), Shelf()
    await mark_all(connection, shelf, contest)
    return contest, shelf, contest.sheet(contest.codes[0], "A1", 0)


async def _seal(
    connection: Connection, shelf: Shelf, contest: Contest, sheet_id: UUID, judge: Person, drawing: Drawing | None
) -> tuple[SealSheet, Receipt]:
    in_force = await marks_in_force(connection, contest.event_id, sheet_id)
    command = SealSheet(id=new_id(), marks=tuple(mark.id for mark in in_force), drawing=drawing)
    return command, await signing.seal_score_sheet(connection, shelf, sheet_id, command, person=judge, now=NOW)


async def _sign(
    connection: Connection,
    shelf: Shelf,
    sheet_id: UUID,
    seal_id: UUID,
    role: Signer,
    person: Person,
    drawing: Drawing = DRAWN,
) -> Receipt:
    command = SignSheet(id=new_id(), seal=seal_id, role=role, drawing=drawing)
    return await signing.sign_score_sheet(connection, shelf, sheet_id, command, person=person, now=LATER)


async def _refused(
    connection: Connection, sheet_id: UUID, seal_id: UUID, role: Signer, person: Person, drawing: Drawing = DRAWN
) -> type[Problem]:
    with pytest.raises(Problem) as refused:
        await _sign(connection, Shelf(), sheet_id, seal_id, role, person, drawing)
    return refused.type


async def _reopen(connection: Connection, shelf: Shelf, contest: Contest, sheet_id: UUID) -> None:
    command = ReopenSheet(id=new_id(), reason="读数抄错")
    await actions.reopen_score_sheet(connection, shelf, sheet_id, command, person=contest.chief, now=NOW)


async def _signatures(connection: Connection, sheet_id: UUID) -> tuple[OwnSignature, ...]:
    return (await signatures_of(connection, [sheet_id])).get(sheet_id, ())


async def _refused_seal(connection: Connection, sheet_id: UUID, person: Person, *signed: RecordMark) -> type[Problem]:
    command = SealSheet(id=new_id(), marks=tuple(each.id for each in signed))
    with pytest.raises(Problem) as refused:
        await signing.seal_score_sheet(connection, Shelf(), sheet_id, command, person=person, now=NOW)
    return refused.type
