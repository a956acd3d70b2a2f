"""Score sheets for the archive: the marks and their history, the signatures as drawn, the digest they are bound to. Pure.

The layout is ``score_sheets.typ``. A signature holds while its sign-off is in force and the sheet comes to the digest that was
signed; both are computed here from the ledger's entries, and nothing is believed that is stored beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from uuid import UUID

from competition.exports.sheet import Heading, local
from competition.exports.sheet_words import FATE, FLAG, REASON, SIGNER, reading_said
from competition.exports.signed import digest_of
from competition.exports.typesetting import breakable, qr
from competition.judging import rules
from competition.judging.drawings import drawing_svg
from competition.judging.history import Placed, history_of
from competition.plumbing.locale import Language, text, translate
from competition.scoring.explain import mark_points
from competition.scoring.points import highest_score, most_points
from competition.scoring.record import EntrantRecord
from competition.scoring.rounding import shown
from schemas.aspects import Aspect, Score
from schemas.base import Message, digest
from schemas.desk import MarkLine, SheetHistory, SignatureLine
from schemas.marks import Drawing, Entry, Mark, Photograph, Reopening, Revote, Seal, Signature, Signer
from schemas.problems import N_
from schemas.scheme import Scheme, SubCriterion

NOTHING = "–"
SIGNERS: tuple[Signer, ...] = ("judge", "competitor", "chief_judge")
SHORT = 12
"""How many digits of a sheet's digest its code has: enough for every sheet there ever was, and few enough to type."""

NOTE = N_(
    "The QR code is the digest of this sheet: of which sheet it is, and for each aspect the mark, its state and its readings. "
    "Every signature is bound to it. The desk finds the sheet by the code; “leitai verify” tells whether the digest still holds."
)


class Fact(Message):
    """One line above the marks."""

    label: str
    value: str


class PrintedLine(Message):
    """One aspect: what is looked at, how the points come about, and what else was ever entered there."""

    id: str
    name: str
    steps: tuple[str, ...]
    reading: str
    flags: tuple[str, ...]
    most: str
    points: str
    history: tuple[str, ...]


class Part(Message):
    """Something else that happened to a sheet, a line for each time."""

    title: str
    lines: tuple[str, ...]


class PrintedSignature(Message):
    """A signature, or the place where one would be; ``drawing`` is SVG, ``without`` what stands there instead."""

    role: str
    name: str
    drawing: str
    without: str
    note: str
    holds: str
    void: bool


class PrintedScoreSheet(Message):
    """One score sheet, as texts in the file's language."""

    watermark: str
    facts: tuple[Fact, ...]
    lines: tuple[PrintedLine, ...]
    most: str
    total: str
    parts: tuple[Part, ...]
    signatures: tuple[PrintedSignature, ...]
    void: tuple[PrintedSignature, ...]
    footer: str
    digest_line: str
    code: str
    qr: str


class PrintedFile(Message):
    """Everything that ``score_sheets.typ`` sets."""

    lang: str
    region: str
    competition: str
    title: str
    colon: str
    columns: tuple[str, ...]
    total: str
    signatures: str
    voided: str
    note: str
    page: str
    checkpoint_line: str
    sheets: tuple[PrintedScoreSheet, ...]


class Archived(Message):
    """What is known of one score sheet: the ledger's entries about it, its entrant's record, the drawings, and names.

    ``entrant`` is who the sheet is about, as far as whoever reads it may know; ``people`` are the names of those in the entries.
    """

    sheet: rules.Sheet
    sub_criterion: SubCriterion
    entrant: str
    written: tuple[Placed, ...]
    record: EntrantRecord
    drawings: dict[UUID, Drawing]
    people: Mapping[UUID, str]


def printed_file(
    sheets: tuple[Archived, ...], scheme: Scheme, *, heading: Heading, checkpoint: str, language: Language
) -> PrintedFile:
    """These sheets as what is set; in the current language, which is ``language``."""
    return PrintedFile(
        lang=language[:2],
        region="cn" if language == "zh-CN" else "gb",
        competition=text(heading.competition),
        title=translate("{event}: score sheet", event=heading.event),
        colon=translate(": "),
        columns=tuple(
            translate(each)
            for each in (N_("No."), N_("What is looked at"), N_("Reading"), N_("Points in full"), N_("Points"))
        ),
        total=translate("Total of this sheet"),
        signatures=translate("Signatures"),
        voided=translate("Signatures that do not hold any more"),
        note=translate(NOTE),
        page=translate("Page {page} of {pages}"),
        checkpoint_line=translate("Ledger checkpoint {checkpoint}", checkpoint=checkpoint),
        sheets=tuple(_Sheet(one, scheme, heading).printed() for one in sheets),
    )


def code_of(sheet_digest: str) -> str:
    """The short code by which a sheet is found: the first digits of its digest, in fours."""
    return "-".join(re.findall("....", sheet_digest[:SHORT].upper()))


class _Sheet:
    """One sheet in the making."""

    def __init__(self, one: Archived, scheme: Scheme, heading: Heading) -> None:
        self.one, self.scheme, self.heading = one, scheme, heading
        self.sheet, self.sub = one.sheet, one.sub_criterion
        self.history: SheetHistory = history_of(one.sheet, one.written, one.record, one.drawings)
        self.positions = {entry.id: position for position, entry in one.written}
        self.seals = {entry.id: entry for _, entry in one.written if isinstance(entry, Seal)}
        self.marks = {mark.aspect: mark for mark in rules.marks_on(one.sheet, one.sub_criterion, one.record)}
        self.digest = digest_of(one.sheet.id, self.marks.values())

    def printed(self) -> PrintedScoreSheet:
        """The sheet as texts."""
        seal = self.seals.get(self.sheet.seal) if self.sheet.seal else None
        code = code_of(seal.sheet_digest) if seal else ""
        given = {aspect.id: self._points(aspect) for aspect in self.sub.aspects}
        return PrintedScoreSheet(
            watermark="" if seal else translate("not signed"),
            facts=tuple(self._facts(seal)),
            lines=tuple(self._line(aspect, given[aspect.id]) for aspect in self.sub.aspects),
            most=shown(self._sum({aspect.id: _most(aspect) for aspect in self.sub.aspects}), 2),
            total=shown(self._sum({aspect: points for aspect, points in given.items() if points is not None}), 2),
            parts=tuple(part for part in self._parts() if part.lines),
            signatures=tuple(self._signatures()) if seal else (),
            void=tuple(self._signature(line) for line in self.history.signatures if not line.holds),
            footer=" · ".join(
                breakable(part)
                for part in (
                    text(self.heading.event), self.sheet.code, f"{self.sub.id} {text(self.sub.name)}", self.sheet.judge
                )
            ),
            digest_line=self._digest_line(seal),
            code=translate("Code of this sheet: {code}", code=code) if seal else "",
            qr=qr(seal.sheet_digest) if seal else "",
        )  # fmt: skip

    def _facts(self, seal: Seal | None) -> Iterator[Fact]:
        criterion = next(one for one in self.scheme.criteria() if self.sub in one.sub_criteria)
        place = (self.sheet.session, self.sheet.bench)
        for label, value in (
            (N_("Code"), self.sheet.code),
            (N_("Session and bench"), f"{place[0]} / {place[1]}" if all(place) else ""),
            (N_("Entrant"), self.one.entrant),
            (N_("Judge"), self.sheet.judge),
            (N_("Criterion"), f"{criterion.id} {text(criterion.name)}"),
            (N_("Sub-criterion"), f"{self.sub.id} {text(self.sub.name)}"),
            (N_("Marking scheme"), f"{text(self.scheme.name)} ({self.scheme.code} {self.scheme.version})"),
            (N_("Signed at"), self._moment(seal) if seal else ""),
            (N_("Venue"), self.heading.place),
        ):
            if value:
                yield Fact(label=translate(label), value=breakable(value))

    def _line(self, aspect: Aspect, points: Decimal | None) -> PrintedLine:
        mark, lines = self.marks.get(aspect.id), self.history.marks.get(aspect.id, ())
        settled = mark is None and rules.is_settled(aspect, self.one.record, self.sheet.judge_id)
        is_plain = len(lines) == 1 and mark is not None and not mark.origin and not mark.note
        return PrintedLine(
            id=aspect.id,
            name=text(aspect.name),
            steps=tuple(text(step) for step in mark_points(aspect, mark.values, mark.state)[1]) if mark else (),
            reading=reading_said(aspect, mark) if mark else translate("marked by the panel") if settled else NOTHING,
            flags=tuple(translate(FLAG[flag]) for flag in mark.flags) if mark else (),
            most=shown(_most(aspect), 2) if _most(aspect) else NOTHING,
            points=NOTHING if points is None else shown(points, 2),
            history=() if is_plain else tuple(self._mark_said(aspect, line) for line in lines),
        )

    def _points(self, aspect: Aspect) -> Decimal | None:
        mark = self.marks.get(aspect.id)
        return None if mark is None else mark_points(aspect, mark.values, mark.state)[0]

    def _sum(self, points: dict[str, Decimal]) -> Decimal:
        """The sum of what the aspects have; of mutually exclusive ones only the best."""
        counted = dict(points)
        for ids in self.sub.exclusive:
            present = [aspect for aspect in ids if aspect in counted]
            for aspect in sorted(present, key=counted.__getitem__)[:-1]:
                del counted[aspect]
        return sum(counted.values(), Decimal(0))

    def _mark_said(self, aspect: Aspect, line: MarkLine) -> str:
        """One mark in the history of its cell: what it says, what became of it, who entered it, when and why."""
        mark = line.mark
        return " · ".join(
            part
            for part in (
                f"#{line.position}",
                reading_said(aspect, mark),
                self._fate_said(line),
                *(translate(FLAG[flag]) for flag in mark.flags),
                self._author(mark),
                f"{local(mark.recorded_at, self.heading):%Y-%m-%d %H:%M:%S}",
                translate("second vote") if mark.revote else "",
                translate(REASON[mark.reason]) if mark.reason and mark.origin != "ruling" else "",
                mark.note,
            )
            if part
        )

    def _fate_said(self, line: MarkLine) -> str:
        """What became of a mark; where the chief judge left it out also who that was and why."""
        if line.retraction is None or not line.retraction.by:
            return translate(FATE[line.fate])
        why = translate(": ").join(part for part in (self._name(line.retraction.by), line.retraction.reason) if part)
        return " · ".join(part for part in (translate("left out by the chief judge"), why) if part)

    def _author(self, mark: Mark) -> str:
        who = self._name(mark.entered_by) if mark.entered_by else ""
        match mark.origin:
            case "paper":
                return translate("entered late by {who} from paper", who=who)
            case "ruling":
                return translate("let count by {who}", who=who)
            case _:
                return self.sheet.judge

    def _parts(self) -> Iterator[Part]:
        """Re-votes, reopenings and photographs."""
        entries = [entry for _, entry in self.one.written]
        yield Part(
            title=translate("Re-votes"),
            lines=tuple(
                f"#{self.positions[entry.id]} · {entry.aspect} · {self._moment(entry)} · "
                + (self._name(entry.by) if entry.by else translate("by the rule of the marking scheme"))
                for entry in entries
                if isinstance(entry, Revote)
            ),
        )
        yield Part(
            title=translate("Reopened"),
            lines=tuple(
                f"#{self.positions[entry.id]} · {self._moment(entry)} · {self._reopening(entry)}"
                for entry in entries
                if isinstance(entry, Reopening)
            ),
        )
        yield Part(
            title=translate("Photographs"),
            lines=tuple(
                f"#{self.positions[entry.id]} · {entry.aspect} · {local(entry.taken_at, self.heading):%Y-%m-%d %H:%M:%S} · "
                f"SHA-256 {entry.digest}"
                for entry in entries
                if isinstance(entry, Photograph)
            ),
        )

    def _reopening(self, entry: Reopening) -> str:
        return " · ".join(part for part in (self._name(entry.by) if entry.by else "", entry.reason) if part)

    def _signatures(self) -> Iterator[PrintedSignature]:
        """Who signed under the sign-off in force, and the places of those who did not."""
        holding = {line.role: line for line in self.history.signatures if line.holds}
        for role in SIGNERS:
            if line := holding.get(role):
                yield self._signature(line)
            else:
                yield PrintedSignature(
                    role=translate(SIGNER[role]), name="", drawing="", without="", note="",
                    holds=translate("no signature on record"), void=False,
                )  # fmt: skip

    def _signature(self, line: SignatureLine) -> PrintedSignature:
        position = self.positions[line.id]
        entry = next(entry for _, entry in self.one.written if entry.id == line.id)
        signed_digest = entry.sheet_digest if isinstance(entry, Seal | Signature) else ""
        voided = next(
            (at for _, at in self.one.written if isinstance(at, Reopening) and self.positions[at.id] > position), None
        )
        is_true = signed_digest == self.digest and _is_drawn_so(entry, line.drawing)
        if line.holds:
            holds = (
                translate("holds for this sheet") if is_true else translate("DOES NOT HOLD: another content was signed")
            )
        elif voided:
            holds = translate("void since {at}", at=f"{local(voided.recorded_at, self.heading):%Y-%m-%d %H:%M:%S}")
        else:
            holds = translate("void")
        return PrintedSignature(
            role=translate(SIGNER[line.role]),
            name=breakable(self._signer(line)),
            drawing=_svg(line.drawing) if line.drawing and line.drawing.strokes else "",
            without=_without(line),
            note=f"{self._moment(entry)} · #{position}",
            holds=holds,
            void=not line.holds or not is_true,
        )

    def _signer(self, line: SignatureLine) -> str:
        if line.drawing and line.drawing.name:
            return line.drawing.name
        return self._name(line.by) if line.by else self.one.entrant or self.sheet.code

    def _digest_line(self, seal: Seal | None) -> str:
        if seal is None:
            return translate("This sheet is not signed. Its digest now: {digest}", digest=self.digest)
        said = translate(
            "Digest of this sheet {digest}, signed as ledger entry {position}",
            digest=seal.sheet_digest, position=self.positions[seal.id],
        )  # fmt: skip
        if seal.sheet_digest == self.digest:
            return said
        return f"{said} · " + translate("WHAT IS THERE NOW COMES TO ANOTHER: {digest}", digest=self.digest)

    def _moment(self, entry: Entry) -> str:
        """When an entry was recorded, by the clocks of the competition, with what they are ahead of UTC."""
        at = local(entry.recorded_at, self.heading)
        offset = f"{at:%z}"
        return f"{at:%Y-%m-%d %H:%M:%S} (UTC{offset[:3]}:{offset[3:5]})"

    def _name(self, account: UUID) -> str:
        return self.one.people.get(account, "")


def _most(aspect: Aspect) -> Decimal:
    """The most that one judge can give."""
    return highest_score(aspect) if isinstance(aspect, Score) else most_points(aspect)


def _is_drawn_so(entry: Entry, drawing: Drawing | None) -> bool:
    """Whether a signature's drawing is the one that was recorded; a sign-off alone has none."""
    return not isinstance(entry, Signature) or (drawing is not None and digest(drawing) == entry.drawing_digest)


def _svg(drawing: Drawing) -> str:
    return str(drawing_svg(drawing)).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _without(line: SignatureLine) -> str:
    """What stands where there are no strokes."""
    if line.drawing is None:
        return translate("signed off without a drawing")
    return "" if line.drawing.strokes else translate("signed by name: {name}", name=line.drawing.name)
