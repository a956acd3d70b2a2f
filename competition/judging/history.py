"""What happened to one score sheet, as the ledger tells it: each cell's marks and what became of them, what was signed. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from competition.judging.rules import Sheet
from competition.scoring.record import EntrantRecord
from schemas.desk import MarkFate, MarkLine, ReopeningLine, SheetHistory, SignatureLine
from schemas.marks import Drawing, Entry, Mark, Photograph, Reopening, Retraction, Seal, Signature, Signer

Placed = tuple[int, Entry]
"""An entry with its place in the ledger."""


def history_of(
    sheet: Sheet, written: Sequence[Placed], record: EntrantRecord, drawings: Mapping[UUID, Drawing]
) -> SheetHistory:
    """The whole history of a sheet, the oldest first; ``drawings`` are those of its signatures, by their entries' ids."""
    entries = [entry for _, entry in written]
    taken_back = {entry.mark: entry for entry in entries if isinstance(entry, Retraction)}
    marks: dict[str, list[MarkLine]] = {}
    for position, entry in written:
        if isinstance(entry, Mark):
            retraction = taken_back.get(entry.id)
            fate = _fate(entry, record, is_taken_back=retraction is not None)
            line = MarkLine(position=position, mark=entry, fate=fate, retraction=retraction)
            marks.setdefault(entry.aspect, []).append(line)
    return SheetHistory(
        marks={aspect: tuple(lines) for aspect, lines in marks.items()},
        signatures=_signatures(sheet, entries, drawings),
        reopenings=tuple(
            ReopeningLine(by=entry.by, reason=entry.reason, at=entry.recorded_at)
            for entry in entries
            if isinstance(entry, Reopening)
        ),
    )


def photographs_in(written: Sequence[Placed]) -> dict[str, tuple[Photograph, ...]]:
    """The photographs of a sheet, by aspect."""
    pictures: dict[str, tuple[Photograph, ...]] = {}
    for _, entry in written:
        if isinstance(entry, Photograph):
            pictures[entry.aspect] = (*pictures.get(entry.aspect, ()), entry)
    return pictures


def _fate(mark: Mark, record: EntrantRecord, *, is_taken_back: bool) -> MarkFate:
    if is_taken_back:
        return "taken_back"
    if not mark.has_effect():
        return "without_effect"
    in_force = record.marks.get((mark.aspect, mark.judge_id))
    return "in_force" if in_force is not None and in_force.id == mark.id else "replaced"


def _signatures(sheet: Sheet, entries: Sequence[Entry], drawings: Mapping[UUID, Drawing]) -> tuple[SignatureLine, ...]:
    """What was signed, each sign-off as its judge's signature; only what belongs to the one in force holds."""
    signed_by_hand = {entry.seal for entry in entries if isinstance(entry, Signature) and entry.role == "judge"}
    lines = []
    for entry in entries:
        match entry:
            case Seal() if entry.id not in signed_by_hand:
                lines.append(_signature("judge", entry.judge_id, entry, None, holds=entry.id == sheet.seal))
            case Signature():
                drawing = drawings.get(entry.id)
                lines.append(_signature(entry.role, entry.by, entry, drawing, holds=entry.seal == sheet.seal))
    return tuple(lines)


def _signature(
    role: Signer, by: UUID | None, entry: Seal | Signature, drawing: Drawing | None, *, holds: bool
) -> SignatureLine:
    return SignatureLine(id=entry.id, role=role, by=by, drawing=drawing, signed_at=entry.recorded_at, holds=holds)
