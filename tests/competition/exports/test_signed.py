"""What is signed, held against what is there: by the ledger's entries alone, in a database, and in a package."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import msgspec

from competition.exports import findings as say
from competition.exports.findings import GivenSignature, SignedSheet, finding
from competition.exports.rules import verify_package
from competition.exports.signed import SheetWatch, sheet_named
from competition.exports.verify import verify_database
from competition.judging.store import sheet_with
from competition.ledger import store as ledger
from competition.plumbing.locale import speaking
from competition.scoring.record import EntrantRecord, fold
from schemas.base import Text
from schemas.marks import Entry, Mark, Reopening, Seal, Signature
from tests.competition.exports.signing_story import LATER, found_signed

if TYPE_CHECKING:
    from competition.plumbing.database import Connection
    from tests.competition.exports.conftest import World
    from tests.house import Contest

replace = msgspec.structs.replace
Change = Callable[[list[Entry]], object]


def watched(contest: Contest, entries: Sequence[Entry]) -> SheetWatch:
    """A watch that has seen these entries."""
    people = {person.id: person.name for person in (contest.chief, *contest.judges)}
    watch = SheetWatch(entrants={of: code for code, of in contest.entrants.items()}, people=people)
    records: dict[UUID, EntrantRecord] = {}
    for position, entry in enumerate(entries, start=1):
        record = records.get(entry.entrant_id) or EntrantRecord(entrant_id=entry.entrant_id)
        records[entry.entrant_id] = fold(record, entry)
        watch.take(position, entry, records[entry.entrant_id])
    return watch


def change(at: int, **fields: object) -> Change:
    """Another entry at a position."""

    def make(entries: list[Entry]) -> None:
        entries[at - 1] = replace(entries[at - 1], **fields)

    return make


CHANGES: dict[str, tuple[Change, tuple[tuple[str, int, str], ...], list[bool]]] = {
    "nothing": (lambda _: None, (), [True]),
    "a reading before the sign-off": (
        change(22, values=()),
        ((say.SEAL_DIFFERS, 24, "judge"),),
        [False],
    ),
    "the digest that was signed": (
        change(24, sheet_digest="0" * 64),
        ((say.SEAL_DIFFERS, 24, "judge"), (say.SIGNATURE_DIFFERS, 25, "judge"), (say.SIGNATURE_DIFFERS, 26, "chief_judge")),
        [False],
    ),
    "the reopening in between": (lambda entries: entries.pop(20), ((say.SHEET_CHANGED, 21, "judge"),), [True]),
    "what the competitor signed": (
        change(19, sheet_digest="1" * 64),
        ((say.SIGNATURE_DIFFERS, 19, "competitor"),),
        [True],
    ),
    "under which sign-off": (change(26, seal=UUID(int=9)), ((say.SIGNATURE_LOOSE, 26, "chief_judge"),), [True]),
    "the sign-off itself": (
        lambda entries: entries.pop(23),
        ((say.SIGNATURE_LOOSE, 24, "judge"), (say.SIGNATURE_LOOSE, 25, "chief_judge")),
        [],
    ),
}  # fmt: skip


async def test_whatever_was_changed_about_a_signed_sheet_is_named(connection: Connection) -> None:
    """Each finding names the entry, the sheet and the signer; nothing else is found."""
    contest, _ = await found_signed(connection)
    entries = await ledger.entries(connection, contest.event_id)
    judge, chief = contest.judges[0], contest.chief
    assert [type(entries[place - 1]) for place in (18, 21, 22, 24, 26)] == [Signature, Reopening, Mark, Seal, Signature]
    signers = {
        "judge": Text(zh=f"裁判{judge.name}", en=f"judge {judge.name}"),
        "competitor": Text(zh="选手", en="the competitor"),
        "chief_judge": Text(zh=f"裁判长{chief.name}", en=f"chief judge {chief.name}"),
    }
    sheet = Text(zh=f"A01 A1（{judge.name}）", en=f"A01 A1 ({judge.name})")
    for name, (make, expected, holds) in CHANGES.items():
        changed = list(entries)
        make(changed)
        watch = watched(contest, changed)
        told = [(one.sentence, one.data["position"], one.data["sheet"], one.data["signer"]) for one in watch.findings]
        assert (name, told) == (name, [(sentence, at, sheet, signers[role]) for sentence, at, role in expected])
        assert (name, [one.holds for one in watch.signed()]) == (name, holds)


async def test_database_tells_each_signed_sheet_with_its_signers(connection: Connection) -> None:
    """Whose sheet, the sign-off with its digest and place, and who signed by hand; nothing is found."""
    contest, sheet_id = await found_signed(connection)
    sheet, entries = await sheet_with(connection, sheet_id), await ledger.entries(connection, contest.event_id)
    assert sheet is not None
    found = await verify_database(connection, contest.event_id, printed=None)
    assert found.findings == ()
    assert found.sheets == (
        SignedSheet(
            sheet_id=sheet_id,
            entrant="A01",
            sub_criterion="A1",
            judge_id=contest.judges[0].id,
            judge=contest.judges[0].name,
            seal=entries[23].id,
            sheet_digest=sheet.sheet_digest or "",
            signed_at=LATER,
            position=24,
            signatures=(
                GivenSignature(role="judge", by=contest.judges[0].id, signed_at=LATER, position=25),
                GivenSignature(role="chief_judge", by=contest.chief.id, signed_at=LATER, position=26),
            ),
            holds=True,
        ),
    )
    with speaking("en"):
        said = watched(contest, entries).signing().said()
    assert said == "1 of 8 (by hand: judge 1, competitor 0, chief judge 1)"


async def test_record_of_a_sheet_and_its_drawings_are_held_against_the_ledger(dsn: str, connection: Connection) -> None:
    """A sign-off taken off a sheet behind the ledger's back is named with the sheet, a changed drawing with sheet and signer."""
    contest, sheet_id = await found_signed(connection)
    sheet, judge = await sheet_with(connection, sheet_id), contest.judges[0]
    assert sheet is not None
    intruder = await asyncpg.connect(dsn)
    await intruder.execute("SET session_replication_role = replica")
    await intruder.execute("UPDATE score_sheet SET seal_id = NULL, sheet_digest = NULL WHERE id = $1", sheet_id)
    await intruder.execute(
        "UPDATE drawing SET body = body || ' ' WHERE id IN (SELECT id FROM ledger WHERE position = 19)"
    )
    await intruder.close()
    found = await verify_database(connection, contest.event_id, printed=None)
    assert found.findings == (
        finding(
            say.SHEET_STATE_DIFFERS,
            sheet=sheet_named("A01", "A1", judge.name),
            stated=Text(zh="（无）", en="(none)"),
            computed=f"{sheet.seal} ({sheet.sheet_digest})",
        ),
        finding(
            say.PAPER_ALTERED,
            position=19,
            kind=Text(
                zh=f"A01 A1（{judge.name}） 评分表上选手的手写签名",
                en=f"signature of the competitor on the sheet A01 A1 ({judge.name})",
            ),
        ),
    )


def test_package_tells_which_sheet_was_signed_as_something_else(world: World) -> None:
    """A stranger with nothing but the file finds it too; the judge is known there by an id only."""
    place = next(place for place, entry in enumerate(world.package.ledger) if isinstance(entry, Seal))
    seal = world.package.ledger[place]
    assert isinstance(seal, Seal)
    entries = (*world.package.ledger[:place], replace(seal, sheet_digest="0" * 64), *world.package.ledger[place + 1 :])
    found = verify_package(replace(world.package, ledger=entries)).findings
    assert [one for one in found if one.sentence != say.LEDGER_DIFFERS] == [
        finding(
            say.SEAL_DIFFERS,
            position=place + 1,
            sheet=sheet_named("A01", "T1", str(seal.judge_id)),
            signer=Text(zh=f"裁判{seal.judge_id}", en=f"judge {seal.judge_id}"),
            stated="0" * 64,
            computed=seal.sheet_digest,
        )
    ]
