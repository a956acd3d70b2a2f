"""`leitai verify`: a package, or a whole event in the database, against itself and against a checkpoint on paper.

The database is read in one transaction that sees one moment. What is compared: each ledger entry with the one before, the
columns beside it, the event's head, every checkpoint, every publication (its digest, and its rows computed again from the
ledger as far as it was published, by the scheme that it names), the digests of all schemes that were in force, the stored
standings, what was signed on each score sheet, and the pictures of signatures and photographs; where all of that agrees, the
results, and what is made of them, as PostgreSQL computes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from uuid import UUID

import msgspec

from competition.exports import findings as say
from competition.exports import store
from competition.exports.checkpoint import Checkpoint, Printed, read_printed
from competition.exports.findings import Finding, Verification, finding, publication_named, reason_said
from competition.exports.reader import LedgerReader, LedgerRow
from competition.exports.rules import (
    Line,
    is_known,
    list_findings,
    published_lines,
    row_findings,
    scheme_findings,
    verify_package,
)
from competition.exports.signed import sheet_named
from competition.judging.papers_store import AlteredPaper, altered_papers
from competition.ledger import store as ledger
from competition.plumbing.database import Connection
from competition.recount import store as recount
from competition.recount.figures import Recounted
from competition.recount.rules import differences, part_named, shown, whose
from competition.results.store import contenders_of
from competition.schemes import store as schemes
from competition.scoring.closing import close
from competition.scoring.record import EntrantRecord
from competition.scoring.tally import tally
from competition.scoring.totals import entrant_result
from schemas.base import Message, Text
from schemas.problems import NotFound
from schemas.results import Contender, Publication, Standing
from schemas.scheme import Scheme

__all__ = ["Finding", "Verification", "verify_database", "verify_package"]

_publication = msgspec.json.Decoder(Publication)


async def verify_database(connection: Connection, event_id: UUID, *, printed: str | None) -> Verification:
    """Compare all that an event's ledger is written down in; the connection must not be in a transaction.

    ``printed`` is a checkpoint from paper (``position:digest``, the digest alone, or a publication's digest): only with
    one is a ledger found that was rewritten as a whole, checkpoints included. Raises ``NotACheckpoint``, ``NotFound``.
    """
    asked = None if printed is None else read_printed(printed)
    await recount.prepare(connection)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        event = await _read_event(connection, event_id)
        walk = _Walk(event, asked)
        async for row in store.ledger_of(connection, event_id):
            walk.step(row)
        if printed is not None and not walk.has_met_asked:
            walk.findings.append(finding(say.PRINTED_DIFFERS, stated=printed.strip()))
        findings = (
            *event.findings,
            *walk.reader.findings,
            *_anchor_findings(event, walk),
            *walk.findings,
            *_standing_findings(event, walk),
            *walk.reader.sheets.findings,
            *_sheet_findings(event, walk),
            *(_paper_finding(paper, walk) for paper in await altered_papers(connection, event_id)),
        )
        if not findings:
            findings = tuple(_recount_findings(event, walk, await recount.recount_of_event(connection, event_id)))
    return Verification(
        ledger_entries=walk.reader.entries,
        ledger_digest=walk.reader.digest.hex(),
        lists=len(event.publications) + 1,
        checkpoints=1 + len(event.checkpoints) + len(event.publications) + (printed is not None),
        findings=findings,
        sheets=walk.reader.sheets.signed(),
    )


def _paper_finding(paper: AlteredPaper, walk: _Walk) -> Finding:
    sentence = say.PAPER_MISSING if paper.is_missing else say.PAPER_ALTERED
    kind = walk.reader.sheets.signatures.get(paper.id, say.PAPERS[paper.kind])
    return finding(sentence, position=paper.position, kind=kind)


class _Event(Message):
    """What the database states of an event, beside its ledger; ``findings`` tell what of it could not even be read."""

    head: ledger.Head
    scheme: schemes.StoredScheme | None
    schemes: dict[str, Scheme]
    checkpoints: tuple[Checkpoint, ...]
    publications: tuple[Publication, ...]
    standings: dict[UUID, Standing] | None
    competing: frozenset[UUID]
    entrants: tuple[store.Entrant, ...]
    contenders: tuple[Contender, ...]
    people: dict[UUID, str]
    sheets: tuple[store.StoredSheet, ...]
    digests: frozenset[str]
    findings: tuple[Finding, ...]

    def numbers(self) -> dict[UUID, int]:
        """Everybody's entrant number."""
        return {entrant.id: entrant.number for entrant in self.entrants}

    def names(self) -> dict[UUID, str]:
        """How findings name everybody: by code, or by contestant number before the draw."""
        return {entrant.id: entrant.code or str(entrant.number) for entrant in self.entrants}


async def _read_event(connection: Connection, event_id: UUID) -> _Event:
    head = await ledger.head_of(connection, event_id)
    if head is None:
        raise NotFound
    findings: list[Finding] = []
    scheme, standings = None, None
    in_force: dict[str, Scheme] = {}
    try:
        scheme = await schemes.scheme_of(connection, event_id)
        in_force = await schemes.schemes_in_force(connection, event_id)
    except msgspec.DecodeError as fault:
        findings.append(finding(say.UNREADABLE, where=say.SCHEME, why=say.unread(fault)))
    try:
        standings = await ledger.standings_of(connection, event_id)
    except msgspec.MsgspecError as fault:
        findings.append(finding(say.UNREADABLE, where=say.STANDINGS, why=say.unread(fault)))
    stored = await store.publications_of(connection, event_id)
    publications = [publication for row in stored if (publication := _published(row, findings)) is not None]
    return _Event(
        head=head,
        scheme=scheme,
        schemes=in_force,
        checkpoints=await store.checkpoints_of(connection, event_id),
        publications=tuple(publications),
        standings=standings,
        competing=frozenset(await ledger.competing_entrants(connection, event_id)),
        entrants=await store.entrants_of(connection, event_id),
        contenders=await contenders_of(connection, event_id),
        people=await store.people_of(connection, event_id),
        sheets=await store.sheets_of(connection, event_id),
        digests=frozenset(_body_digest(row) for row in stored),
        findings=tuple(findings),
    )


def _published(row: store.StoredPublication, findings: list[Finding]) -> Publication | None:
    """The publication in a row, or None where it cannot be read; notes where the row says something else than it."""
    where = publication_named(row.number)
    if (computed := _body_digest(row)) != row.digest:
        findings.append(finding(say.PUBLICATION_REWRITTEN, where=where, stated=row.digest, computed=computed))
    try:
        publication = _publication.decode(row.body)
    except msgspec.DecodeError as fault:
        findings.append(finding(say.UNREADABLE, where=where, why=say.unread(fault)))
        return None
    for column in ("event_id", "number", "status", "revision", "published_at"):
        stated, said = getattr(row, column), getattr(publication, column)
        if stated != said:
            data = {"where": where, "column": column, "stated": str(stated), "computed": str(said)}
            findings.append(finding(say.PUBLICATION_COLUMN_DIFFERS, **data))
    return publication


def _body_digest(row: store.StoredPublication) -> str:
    return hashlib.sha256(row.body.encode()).hexdigest()


class _Walk:
    """Along the ledger, stopping at every position that something was written down about."""

    def __init__(self, event: _Event, asked: Printed | None) -> None:
        self.event, self.names = event, event.names()
        self.reader = LedgerReader(most_revision=event.head.revision, names=self.names, people=event.people)
        self.findings: list[Finding] = []
        self.reached: dict[int, str] = {}
        self.has_met_asked = asked is not None and asked.position is None and asked.digest in event.digests
        self._asked = asked
        self._stops = {checkpoint.position for checkpoint in event.checkpoints}
        self._stops |= {publication.ledger_position for publication in event.publications}
        self._stop()

    def step(self, row: LedgerRow) -> None:
        """Take the next row of the ledger."""
        self.reader.read(row)
        self._stop()

    def _stop(self) -> None:
        position, reached = self.reader.position, self.reader.digest.hex()
        if self._asked is not None and is_known(self._asked, ((position, reached),)):
            self.has_met_asked = True
        if position in self._stops:
            self.reached[position] = reached
            for publication in self.event.publications:
                if publication.ledger_position == position:
                    self.findings.extend(self._publication_findings(publication))

    def _publication_findings(self, publication: Publication) -> Iterator[Finding]:
        """Whether a publication is what the ledger came to when it was made; whoever is marked by then must be on it."""
        where, stored = publication_named(publication.number), self.event.scheme
        if stored is None:
            return
        scheme = self.event.schemes.get(publication.scheme_digest, stored.scheme)
        ids = {entrant.number: entrant.id for entrant in self.event.entrants}
        marked = (entrant_id for entrant_id, record in self.reader.records.items() if record.has_effect())
        expected = {entrant_id: self.names.get(entrant_id, str(entrant_id)) for entrant_id in marked}
        lines = published_lines(publication.rows, ids)
        yield from scheme_findings(scheme, publication.scheme_digest, where)
        yield from row_findings(publication.rows, ids, where)
        yield from list_findings(
            lines, scheme, self.reader.records, where, expected=expected, numbers=self.event.numbers()
        )


def _anchor_findings(event: _Event, walk: _Walk) -> Iterator[Finding]:
    """Whatever states a digest of the ledger against the ledger: the event's head, checkpoints, publications."""
    stated, computed = (event.head.position, event.head.digest), (walk.reader.position, walk.reader.digest)
    if stated != computed:
        yield finding(say.HEAD_DIFFERS, stated=_anchor(*stated), computed=_anchor(*computed))
    for checkpoint in event.checkpoints:
        if walk.reached.get(checkpoint.position) != checkpoint.digest:
            at = checkpoint.at.isoformat(timespec="seconds")
            yield finding(
                say.CHECKPOINT_DIFFERS, stated=checkpoint.printed(), at=at, reason=reason_said(checkpoint.reason)
            )
    for publication in event.publications:
        where, reached = publication_named(publication.number), walk.reached.get(publication.ledger_position)
        if reached is None:
            length = walk.reader.entries
            yield finding(say.LENGTH_DIFFERS, where=where, stated=publication.ledger_position, computed=length)
        elif reached != publication.ledger_digest:
            yield finding(say.LEDGER_DIFFERS, where=where, stated=publication.ledger_digest, computed=reached)


def _standing_findings(event: _Event, walk: _Walk) -> Iterator[Finding]:
    """Whether the stored standings are what the whole ledger comes to, for exactly those who compete."""
    if event.scheme is None:
        if walk.reader.records or event.standings:
            yield finding(say.SCHEME_MISSING)
        return
    yield from scheme_findings(event.scheme.scheme, event.scheme.digest, say.SCHEME)
    for digest, scheme in event.schemes.items():
        if digest != event.scheme.digest:  # was in force before an amendment
            yield from scheme_findings(scheme, digest, say.SCHEME)
    if event.standings is None:
        return
    lines = [
        Line(entrant_id=entrant_id, entrant=walk.names.get(entrant_id, str(entrant_id)), stated=standing)
        for entrant_id, standing in event.standings.items()
    ]
    expected = {competing: walk.names[competing] for competing in event.competing}
    for line in lines:
        if line.entrant_id not in expected:
            yield finding(say.ENTRANT_UNKNOWN, where=say.STANDINGS, entrant=line.entrant)
    yield from list_findings(
        lines, event.scheme.scheme, walk.reader.records, say.STANDINGS, expected=expected, numbers=event.numbers()
    )


def _sheet_findings(event: _Event, walk: _Walk) -> Iterator[Finding]:
    """Whether each score sheet's record names the sign-off that is in force by the ledger, or none where none is."""
    signed = {sheet.sheet_id: (sheet.seal, sheet.sheet_digest) for sheet in walk.reader.sheets.signed()}
    for sheet in event.sheets:
        stated, computed = (sheet.seal, sheet.sheet_digest), signed.get(sheet.id, (None, None))
        if stated != computed:
            entrant, judge = (
                walk.names.get(sheet.entrant_id, str(sheet.entrant_id)),
                event.people.get(sheet.judge_id, ""),
            )
            yield finding(
                say.SHEET_STATE_DIFFERS,
                sheet=sheet_named(entrant, sheet.sub_criterion, judge),
                stated=_sign_off(*stated),
                computed=_sign_off(*computed),
            )


def _recount_findings(event: _Event, walk: _Walk, recounted: Recounted) -> Iterator[Finding]:
    """Whether PostgreSQL comes to the same results; asked last, where all else agrees, for it reads what is written as it is."""
    if event.scheme is None or not event.standings:
        return
    scheme = event.scheme.scheme
    records = {one: walk.reader.records.get(one) or EntrantRecord(entrant_id=one) for one in event.standings}
    results = {one: entrant_result(scheme, record) for one, record in records.items()}
    closing = close(scheme, [tally(scheme, record) for record in records.values()], event.contenders)
    for difference in differences(recounted, results, event.standings, closing):
        yield finding(
            say.RECOUNT_DIFFERS,
            part=part_named(difference),
            entrant=whose(difference, walk.names),
            stated=shown(difference.scored, walk.names),
            computed=shown(difference.recounted, walk.names),
        )


def _sign_off(seal: UUID | None, sheet_digest: str | None) -> str | Text:
    return say.NO_SIGN_OFF if seal is None else f"{seal} ({sheet_digest})"


def _anchor(position: int, digest: bytes) -> str:
    return f"{position}:{digest.hex()}"
