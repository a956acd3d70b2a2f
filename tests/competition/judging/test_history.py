"""What happened to one score sheet, as the ledger tells it: what became of each mark, and which signatures still hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from competition.judging.history import history_of, photographs_in
from competition.judging.rules import Sheet
from competition.scoring.record import EntrantRecord, fold_all
from schemas.desk import MarkLine, ReopeningLine, SheetHistory, SignatureLine
from schemas.marks import Drawing, Entry, Photograph, Reopening, Retraction, Seal, Signature, Signer
from tests.competition.judging.test_progress import LU, NOW, SHEETS, mark

SHEET = SHEETS[0]
CHIEF = UUID(int=3)
DRAWN = Drawing(width=600, height=200, strokes=(((10, 20), (30, 45)),))


def about(number: int) -> dict[str, Any]:
    """What every entry about the sheet says, with this id."""
    return {
        "id": UUID(int=number),
        "sheet_id": SHEET.id,
        "entrant_id": SHEET.entrant_id,
        "sub_criterion": SHEET.sub_criterion,
        "judge_id": LU,
        "recorded_at": NOW,
    }


def seal(number: int) -> Seal:
    """A sign-off by the sheet's judge."""
    return Seal(**about(number), device_id=None, sheet_digest="")


def signature(number: int, under: int, role: Signer, by: UUID | None) -> Signature:
    """A signature under the sign-off with this id."""
    return Signature(
        **about(number),
        device_id=None,
        seal=UUID(int=under),
        role=role,
        by=by,
        sheet_digest="",
        drawing_digest="",
    )


def reopening(number: int) -> Reopening:
    """The chief judge's reopening."""
    return Reopening(**about(number), by=CHIEF, reason="读数抄错")


def history(*entries: Entry, sheet: Sheet = SHEET, drawings: dict[UUID, Drawing] | None = None) -> SheetHistory:
    """The sheet's history after these entries, the first at position 1."""
    record = fold_all(EntrantRecord(entrant_id=SHEET.entrant_id), entries)
    return history_of(sheet, list(enumerate(entries, 1)), record, drawings or {})


def test_history_tells_what_became_of_each_mark() -> None:
    """Replaced, in force, without effect, taken back: in the ledger's order, each aspect by itself."""
    first, second = mark(1, SHEET, "A1.1", 5), mark(2, SHEET, "A1.1", 6)
    late, slip = mark(3, SHEET, "A1.1", 7, "late"), mark(4, SHEET, "A1.2", 9)
    undo = Retraction(**about(5), device_id=None, aspect="A1.2", mark=slip.id, made_at=NOW)
    assert history(first, second, late, slip, undo).marks == {
        "A1.1": (
            MarkLine(position=1, mark=first, fate="replaced"),
            MarkLine(position=2, mark=second, fate="in_force"),
            MarkLine(position=3, mark=late, fate="without_effect"),
        ),
        "A1.2": (MarkLine(position=4, mark=slip, fate="taken_back", retraction=undo),),
    }


def test_history_brings_back_the_mark_before_one_that_was_taken_back() -> None:
    """What stood before the slip is in force again."""
    first, slip = mark(1, SHEET, "A1.1", 5), mark(2, SHEET, "A1.1", 6)
    undo = Retraction(**about(5), device_id=None, aspect="A1.1", mark=slip.id, made_at=NOW)
    assert [line.fate for line in history(first, slip, undo).marks["A1.1"]] == ["in_force", "taken_back"]


def test_signatures_hold_only_under_the_sign_off_in_force() -> None:
    """After a reopening the earlier sign-off and what was signed under it are void, and the new one stands; so is the reopening."""
    entries = (
        seal(10),
        signature(11, 10, "judge", LU),
        signature(12, 10, "competitor", None),
        reopening(13),
        seal(14),
        signature(15, 14, "chief_judge", CHIEF),
    )
    signed = msgspec.structs.replace(SHEET, sealed_at=NOW, seal=UUID(int=14))
    told = history(*entries, sheet=signed, drawings={UUID(int=11): DRAWN, UUID(int=15): DRAWN})

    def line(number: int, role: Signer, by: UUID | None, drawing: Drawing | None, holds: bool) -> SignatureLine:
        return SignatureLine(id=UUID(int=number), role=role, by=by, drawing=drawing, signed_at=NOW, holds=holds)

    assert told.signatures == (
        line(11, "judge", LU, DRAWN, holds=False),
        line(12, "competitor", None, None, holds=False),
        line(14, "judge", LU, None, holds=True),
        line(15, "chief_judge", CHIEF, DRAWN, holds=True),
    )
    assert told.reopenings == (ReopeningLine(by=CHIEF, reason="读数抄错", at=NOW),)


def test_no_signature_of_an_open_sheet_holds() -> None:
    """A sheet that is open again has no sign-off in force."""
    assert [line.holds for line in history(seal(10), reopening(11)).signatures] == [False]


def test_photographs_are_told_by_aspect() -> None:
    """Each aspect has its pictures in the order they came."""

    def picture(number: int, aspect: str) -> Photograph:
        taken_at = NOW + timedelta(seconds=number)
        return Photograph(**about(number), device_id=None, aspect=aspect, digest="", taken_at=taken_at)

    one, two, other = picture(1, "A1.1"), picture(2, "A1.1"), picture(3, "A1.2")
    entries: tuple[Entry, ...] = (one, other, mark(9, SHEET, "A1.1"), two)
    written = list(enumerate(entries, 1))
    assert photographs_in(written) == {"A1.1": (one, two), "A1.2": (other,)}
