"""Rescue files: what waited on a tablet is recorded at the desk, once, and nobody but that tablet could have written it."""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import subprocess
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from competition.access import actions as access
from competition.access.store import devices
from competition.judging.actions import let_count
from competition.judging.rescue import MOST_BYTES, RescueFileUnreadable, RescueReport, import_rescue
from competition.judging.rulings import NothingToDecide
from competition.judging.store import sheet_with
from competition.ledger import store as ledger
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.sealing import Sealer
from schemas.access import Person
from schemas.base import Command, canonical
from schemas.marks import Drawing, Mark, RetractMark, Say, SealSheet, SignSheet
from tests.house import NOW, SEALER, Contest, findings, found_contest, mark, marks_in_force, record

LATER = NOW + timedelta(hours=3)
RESCUE = Path(__file__).parents[3] / "competition" / "static" / "judge" / "rescue.js"
NODE = shutil.which("node")
DRAWN = Drawing(width=600, height=200, strokes=(((10, 10), (90, 60)),))


@dataclass
class Outbox:
    """What waits on a tablet, as its script keeps and saves it."""

    contest: Contest
    judge: Person
    device_id: UUID
    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: str, command: Command | dict[str, Any], **changes: Any) -> None:
        """Keep one more entry."""
        entry = {
            "sequence": len(self.entries) + 1,
            "kind": kind,
            "event_id": self.contest.event_id,
            "sheet_id": getattr(command, "sheet_id", None),
            "judge_id": self.judge.id,
            "at": NOW,
            "command": command,
        }
        self.entries.append(entry | changes)

    def file(self, sealer: Sealer = SEALER, **changes: Any) -> bytes:
        """The file as WebCrypto seals it: the tag follows the ciphertext."""
        nonce = secrets.token_bytes(12)
        text = canonical({"judge_id": self.judge.id, "made_at": NOW, "entries": self.entries})
        sealed = AESGCM(sealer.device_key(self.device_id)).encrypt(nonce, text, None)
        file = {
            "format": "leitai-rescue-1",
            "device_id": str(self.device_id),
            "nonce": b64encode(nonce).decode(),
            "sealed": b64encode(sealed).decode(),
        }
        return msgspec.json.encode(file | changes)


async def test_everything_that_waited_is_recorded_in_its_order(connection: Connection) -> None:
    """Marks, one taken back, the sign-off, the competitor's signature and a message: each as if the tablet had sent it."""
    contest = await found_contest(connection)
    outbox, sheet = await _outbox(connection, contest), contest.sheet(contest.codes[0], "A1", 0)
    slip, right, other = mark(sheet, "A1.1", "0.09"), mark(sheet, "A1.1", "0.009", sequence=3), mark(sheet, "A1.2", "1")
    undo = RetractMark(id=new_id(), mark=slip.id, made_at=NOW + timedelta(seconds=4))
    sign = SealSheet(id=new_id(), marks=(right.id, other.id), drawing=DRAWN)
    under = SignSheet(id=new_id(), seal=sign.id, role="competitor", drawing=DRAWN)
    outbox.add("mark", slip)
    outbox.add("retraction", undo, sheet_id=sheet)
    outbox.add("mark", right, refusal={"type": "unreadable", "detail": "…"})
    outbox.add("mark", other)
    outbox.add("seal", sign, sheet_id=sheet)
    outbox.add("signature", under, sheet_id=sheet)
    outbox.add("message", Say(id=new_id(), words="平板没电了", sheet_id=sheet))
    report = await _import(connection, contest, outbox.file())
    assert (report.judge, report.device, report.made_at, report.is_quarantined) == (
        contest.judges[0].name,
        "a tablet",
        NOW,
        False,
    )
    assert [(line.kind, line.receipt is not None, line.refusal) for line in report.lines] == [
        ("mark", True, None),
        ("retraction", True, None),
        ("mark", True, None),
        ("mark", True, None),
        ("seal", True, None),
        ("signature", True, None),
        ("message", False, None),
    ]
    first = report.lines[0]
    assert (first.code, first.sub_criterion, first.aspect, first.values, first.at) == (
        contest.codes[0],
        "A1",
        "A1.1",
        slip.values,
        NOW,
    )
    entries = await ledger.entries(connection, contest.event_id)
    assert [entry.id for entry in entries][:5] == [slip.id, undo.id, right.id, other.id, sign.id]
    assert {entry.device_id for entry in entries if isinstance(entry, Mark)} == {outbox.device_id}
    assert [entry.flags for entry in entries if isinstance(entry, Mark)] == [(), (), ()]
    assert await connection.fetchval("SELECT words FROM message") == "平板没电了"
    assert await findings(connection, contest) == ()


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
async def test_what_the_tablets_own_script_seals_is_opened(connection: Connection) -> None:
    """The page's module seals with the key of the snapshot, Chinese and all; the desk records it."""
    contest = await found_contest(connection)
    outbox = await _outbox(connection, contest)
    outbox.add("mark", mark(contest.sheet(contest.codes[0], "T1", 0), "T1.1", "80", note="复测一次"))
    key = b64encode(SEALER.device_key(outbox.device_id)).decode()
    snapshot = {"device_id": outbox.device_id, "judge_id": outbox.judge.id, "rescue_key": key}
    script = (
        f"import {{ sealed }} from {json.dumps(RESCUE.as_uri())};"
        "console.log(await sealed(JSON.parse(process.argv[1])));"
    )
    data = canonical({"snapshot": snapshot, "entries": outbox.entries, "made_at": NOW}).decode()
    command = [str(NODE), "--input-type=module", "--eval", script, data]
    run = await asyncio.to_thread(subprocess.run, command, capture_output=True, timeout=60, check=True)
    report = await _import(connection, contest, run.stdout)
    assert [line.receipt is not None for line in report.lines] == [True]
    [recorded] = await ledger.entries(connection, contest.event_id)
    assert isinstance(recorded, Mark)
    assert recorded.note == "复测一次"


async def test_a_file_brought_twice_and_sent_by_its_tablet_too_records_nothing_twice(connection: Connection) -> None:
    """The same receipts again, told as known; what the tablet had sent itself is known from the first."""
    contest, shelf = await found_contest(connection), Shelf()
    outbox = await _outbox(connection, contest)
    judge = msgspec.structs.replace(contest.judges[0], device_id=outbox.device_id)
    commands = [mark(contest.sheet(code, "T1", 0), "T1.1", "80") for code in contest.codes]
    for command in commands:
        outbox.add("mark", command)
    await record(connection, shelf, contest, judge, commands[0])
    first = await _import(connection, contest, outbox.file())
    again = await _import(connection, contest, outbox.file())
    assert [line.was_known for line in first.lines] == [True, False, False]
    assert [line.was_known for line in again.lines] == [True, True, True]
    assert [line.receipt for line in first.lines] == [line.receipt for line in again.lines]
    outcomes = await record(connection, shelf, contest, judge, *commands, now=LATER)
    assert list(outcomes) == [line.receipt for line in first.lines]
    assert await connection.fetchval("SELECT count(*) FROM ledger") == 3


@pytest.mark.parametrize("is_account", [False, True])
async def test_marks_of_a_tablet_out_of_use_are_kept_without_effect(connection: Connection, is_account: bool) -> None:
    """Revoked, or its judge's account out of use: marks are quarantined; sign-offs are listed and not done."""
    contest = await found_contest(connection)
    outbox, sheet = await _outbox(connection, contest), contest.sheet(contest.codes[0], "T1", 0)
    command = mark(sheet, "T1.1", "80")
    outbox.add("mark", command)
    outbox.add("seal", SealSheet(id=new_id(), marks=(command.id,)), sheet_id=sheet)
    outbox.add("message", Say(id=new_id(), words="还在吗"))
    if is_account:
        await connection.execute("UPDATE account SET is_active = false WHERE id = $1", outbox.judge.id)
    else:
        await access.revoke_device(connection, outbox.device_id, actor_id=contest.organiser.id, now=NOW)
    report = await _import(connection, contest, outbox.file())
    [kept, seal, message] = report.lines
    assert report.is_quarantined
    assert kept.receipt is not None
    assert kept.receipt.flags == ("quarantined",)
    assert [line.refusal and line.refusal.type for line in (seal, message)] == ["rescued-out-of-use"] * 2
    stands = await sheet_with(connection, sheet)
    assert stands is not None
    assert not stands.is_sealed()
    assert await connection.fetchval("SELECT total FROM standing WHERE entrant_id = $1", stands.entrant_id) == 0
    assert await findings(connection, contest) == ()


async def test_a_tablet_out_of_use_still_takes_back_what_it_kept_to_itself(connection: Connection) -> None:
    """A mark that waited there is taken back with its retraction, and never let count; what it had sent before stands."""
    contest, shelf = await found_contest(connection), Shelf()
    outbox = await _outbox(connection, contest)
    counted, waited = (mark(contest.sheet(code, "T1", 0), "T1.1", "80") for code in contest.codes[:2])
    judge = msgspec.structs.replace(outbox.judge, device_id=outbox.device_id)
    await record(connection, shelf, contest, judge, counted)
    outbox.add("mark", waited)
    for taken, sheet in ((counted.id, counted.sheet_id), (waited.id, waited.sheet_id), (new_id(), waited.sheet_id)):
        outbox.add("retraction", RetractMark(id=new_id(), mark=taken, made_at=NOW), sheet_id=sheet)
    await access.revoke_device(connection, outbox.device_id, actor_id=contest.organiser.id, now=NOW)
    report = await _import(connection, contest, outbox.file())
    assert [line.refusal.type if line.refusal else "taken" for line in report.lines] == [
        "taken",
        "rescued-out-of-use",
        "taken",
        "rescued-out-of-use",
    ]
    assert (await _import(connection, contest, outbox.file())).lines[2].receipt == report.lines[2].receipt
    with pytest.raises(NothingToDecide):
        await let_count(connection, shelf, waited.id, "平板上的都算", person=contest.chief, now=LATER)
    assert [each.id for each in await marks_in_force(connection, contest.event_id, counted.sheet_id)] == [counted.id]
    assert await marks_in_force(connection, contest.event_id, waited.sheet_id) == ()
    assert await findings(connection, contest) == ()


async def test_one_bad_entry_never_costs_another(connection: Connection) -> None:
    """Entries of no form, of another judge, for no event, on no sheet: each is refused alone, in its place."""
    contest = await found_contest(connection)
    outbox, sheet = await _outbox(connection, contest), contest.sheet(contest.codes[0], "T1", 0)
    good = [mark(contest.sheet(code, "T1", 0), "T1.1", "80") for code in contest.codes]
    outbox.add("mark", good[0])
    outbox.add("mark", {"id": str(new_id()), "aspect": "T1.1"})
    outbox.add("gossip", {})
    outbox.add("mark", good[1])
    outbox.add("mark", mark(sheet, "T1.1", "70"), judge_id=contest.judges[1].id)
    outbox.add("mark", mark(sheet, "T1.1", "70"), event_id=new_id())
    outbox.add("mark", mark(new_id(), "T1.1", "70"))
    outbox.add("seal", SealSheet(id=new_id(), marks=()))
    outbox.add("mark", good[2])
    report = await _import(connection, contest, outbox.file())
    assert [line.refusal.type if line.refusal else "taken" for line in report.lines] == [
        "taken",
        "rescued-entry-unreadable",
        "rescued-entry-unreadable",
        "taken",
        "rescued-from-another",
        "not-found",
        "no-such-sheet",
        "rescued-entry-unreadable",
        "taken",
    ]
    assert [entry.id for entry in await ledger.entries(connection, contest.event_id)] == [each.id for each in good]


async def test_a_file_that_is_none_or_was_altered_is_refused_whole(connection: Connection) -> None:
    """Another server's, another tablet's, a byte changed, cut short, no file at all, one too large: nothing is recorded."""
    contest = await found_contest(connection)
    outbox, other = await _outbox(connection, contest), await _outbox(connection, contest)
    outbox.add("mark", mark(contest.sheet(contest.codes[0], "T1", 0), "T1.1", "80"))
    good = msgspec.json.decode(outbox.file())
    flipped = good["sealed"][:-6] + ("A" if good["sealed"][-6] != "A" else "B") + good["sealed"][-5:]
    files = [
        outbox.file(Sealer(b"another server's own secret here")),
        outbox.file(device_id=str(other.device_id)),
        outbox.file(device_id=str(new_id())),
        outbox.file(sealed=flipped),
        outbox.file(sealed=good["sealed"][:40]),
        outbox.file(nonce=""),
        outbox.file(format="leitai-rescue-2"),
        outbox.file(extra=1),
        outbox.file()[:-1],
        b"",
        b"\xff\xfe",
        b"[]",
        outbox.file() + b" " * MOST_BYTES,
    ]
    for file in files:
        with pytest.raises(RescueFileUnreadable):
            await _import(connection, contest, file)
    assert await connection.fetchval("SELECT count(*) FROM ledger") == 0
    await _import(connection, contest, outbox.file())
    assert await connection.fetchval("SELECT count(*) FROM ledger") == 1


async def test_who_brought_which_file_is_written_down(connection: Connection) -> None:
    """The record names the person, the tablet, how many entries there were, and the file by its digest."""
    contest = await found_contest(connection)
    outbox = await _outbox(connection, contest)
    outbox.add("mark", mark(contest.sheet(contest.codes[0], "T1", 0), "T1.1", "80"))
    await _import(connection, contest, outbox.file())
    row = await connection.fetchrow("SELECT subject, actor_id, detail FROM audit WHERE verb = 'import_rescue'")
    assert row is not None
    assert (row["subject"], row["actor_id"]) == (str(outbox.device_id), contest.organiser.id)
    assert msgspec.json.decode(row["detail"])["entries"] == 1


async def _outbox(connection: Connection, contest: Contest) -> Outbox:
    """The outbox of a tablet of judge 0, enrolled now."""
    judge = contest.judges[0]
    token = await access.open_enrolment(connection, judge.id, now=NOW)
    await access.enrol_device(connection, token, "a tablet", now=NOW)
    newest = max(await devices(connection), key=lambda device: device.id)
    return Outbox(contest, judge, newest.id)


async def _import(connection: Connection, contest: Contest, file: bytes) -> RescueReport:
    return await import_rescue(connection, Shelf(), SEALER, file, person=contest.organiser, now=LATER)
