"""Whether a result list is what the marks come to, and whether a package is true. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from uuid import UUID

from competition.exports import findings as say
from competition.exports.checkpoint import Printed, read_printed
from competition.exports.findings import Finding, Verification, finding, publication_named
from competition.exports.signed import SheetWatch, Signing
from competition.scoring.ranking import rank
from competition.scoring.record import EntrantRecord, fold
from competition.scoring.tally import Tally, tally
from competition.scoring.totals import entrant_result
from schemas.base import Message, Text, digest
from schemas.marks import GENESIS, chain
from schemas.package import Package, PackageEntrant
from schemas.problems import Problem
from schemas.results import EntrantResult, Publication, PublishedRow, Ranked, Standing
from schemas.scheme import Scheme
from schemas.scheme_form import scheme_digest

Records = Mapping[UUID, EntrantRecord]

_UNSCORABLE = (Problem, ArithmeticError, LookupError, ValueError, TypeError)
"""What scoring may raise over readings that no judge could have entered."""


def verify_package(package: Package, *, printed: str | None = None) -> Verification:
    """Compute a package's ledger digest, points and places again, and compare them with what its publication states.

    ``printed`` is a checkpoint from paper: ``position:digest``, the digest alone, or the digest of the publication.
    Without it a package that was forged as a whole cannot be told from a true one. Raises ``NotACheckpoint``.
    """
    publication, where = package.publication, publication_named(package.publication.number)
    digests = [GENESIS]
    for position, entry in enumerate(package.ledger, start=1):
        digests.append(chain(digests[-1], position, entry))
    records, sheets = _walk(package)
    ids = {entrant.number: entrant.id for entrant in package.entrants}
    findings = [
        *_ledger_findings(publication, where, digests),
        *sheets.findings,
        *scheme_findings(package.scheme, publication.scheme_digest, where),
        *row_findings(publication.rows, ids, where),
        *_entrant_findings(package, where),
        *list_findings(
            published_lines(publication.rows, ids),
            package.scheme,
            records,
            where,
            expected={entrant.id: _label(entrant) for entrant in package.entrants}
            | {
                entrant_id: str(entrant_id)
                for entrant_id, record in records.items()
                if record.has_effect() and entrant_id not in ids.values()
            },
            numbers={entrant.id: entrant.number for entrant in package.entrants},
        ),
    ]
    if printed is not None:
        known = {(position, reached.hex()) for position, reached in enumerate(digests)} | {(None, digest(publication))}
        if not is_known(read_printed(printed), known):
            findings.append(finding(say.PRINTED_DIFFERS, stated=printed.strip()))
    return Verification(
        ledger_entries=len(package.ledger),
        ledger_digest=digests[-1].hex(),
        lists=1,
        checkpoints=1 if printed is None else 2,
        findings=tuple(findings),
        sheets=sheets.signed(),
    )


def signing_of(package: Package) -> Signing:
    """How far the score sheets of a package are signed."""
    return _walk(package)[1].signing()


def traces_of(package: Package) -> dict[int, EntrantResult]:
    """The results of a package opened down to the marks, by contestant number."""
    records, _ = _walk(package)
    return {
        entrant.number: entrant_result(package.scheme, _record(records, entrant.id)) for entrant in package.entrants
    }


class Line(Message):
    """One line of a list to compare: whose it is, how a finding names them, and what is stated."""

    entrant_id: UUID
    entrant: str
    stated: PublishedRow | Standing


def published_lines(rows: Iterable[PublishedRow], ids: Mapping[int, UUID]) -> tuple[Line, ...]:
    """The lines of a publication whose contestant numbers are known."""
    return tuple(Line(entrant_id=ids[row.number], entrant=_label(row), stated=row) for row in rows if row.number in ids)


def row_findings(rows: Collection[PublishedRow], ids: Mapping[int, UUID], where: Text) -> Iterator[Finding]:
    """Rows of nobody who is known, and rows that are there twice."""
    times = Counter(row.number for row in rows)
    for row in rows:
        if row.number not in ids:
            yield finding(say.ENTRANT_UNKNOWN, where=where, entrant=_label(row))
        elif times[row.number] > 1:
            yield finding(say.ENTRANT_TWICE, where=where, entrant=_label(row))


def list_findings(
    lines: Collection[Line],
    scheme: Scheme,
    records: Records,
    where: Text,
    *,
    expected: Mapping[UUID, str],
    numbers: Mapping[UUID, int],
) -> Iterator[Finding]:
    """Where a list differs from what the records come to: who is missing, whose figures or place are others.

    ``expected`` are those who must be on the list, and how a finding names them. They are ranked even when they are missing,
    so that one who was left out is one finding, not one for everybody who came after. ``numbers`` are the entrant numbers.
    """
    names = {**expected, **{line.entrant_id: line.entrant for line in lines}}
    listed = {line.entrant_id for line in lines}
    for entrant_id, entrant in expected.items():
        if entrant_id not in listed:
            yield finding(say.ENTRANT_MISSING, where=where, entrant=entrant)
    results: dict[UUID, Tally] = {}
    for entrant_id, entrant in names.items():
        try:
            results[entrant_id] = tally(scheme, _record(records, entrant_id))
        except _UNSCORABLE as fault:
            yield finding(say.RESULT_IMPOSSIBLE, where=where, entrant=entrant, why=say.unscored(fault))
    # Without a result for everybody no place can be said to be wrong.
    ranked = rank(scheme, results.values(), numbers=numbers) if results.keys() == names.keys() else ()
    places = {place.entrant_id: place for place in ranked}
    for line in lines:
        if result := results.get(line.entrant_id):
            yield from _figure_findings(line, result, where)
        if place := places.get(line.entrant_id):
            yield from _place_findings(line, place, where)


def scheme_findings(scheme: Scheme, stated: str, where: Text) -> Iterator[Finding]:
    """Whether a stated digest is the scheme's."""
    if (computed := scheme_digest(scheme)) != stated:
        yield finding(say.SCHEME_DIFFERS, where=where, stated=stated, computed=computed)


def is_known(asked: Printed, known: Iterable[tuple[int | None, str]]) -> bool:
    """Whether a printed checkpoint is among pairs of position and digest; one without a position may be any of them."""
    return any(asked.digest == reached and asked.position in (None, position) for position, reached in known)


def _ledger_findings(publication: Publication, where: Text, digests: list[bytes]) -> Iterator[Finding]:
    stated, computed = publication.ledger_digest, digests[-1].hex()
    if publication.ledger_position != len(digests) - 1:
        yield finding(say.LENGTH_DIFFERS, where=where, stated=publication.ledger_position, computed=len(digests) - 1)
    if stated != computed:
        yield finding(say.LEDGER_DIFFERS, where=where, stated=stated, computed=computed)


def _entrant_findings(package: Package, where: Text) -> Iterator[Finding]:
    entrants = {entrant.number: entrant for entrant in package.entrants}
    for row in package.publication.rows:
        for field, name in say.FIELDS.items():
            entrant = entrants.get(row.number)
            if entrant is not None and getattr(row, field) != getattr(entrant, field):
                yield finding(say.ENTRANT_DIFFERS, where=where, entrant=_label(row), field=name)


def _figure_findings(line: Line, result: Tally, where: Text) -> Iterator[Finding]:
    stated, entrant = line.stated, line.entrant
    if stated.state != result.state:
        given, computed = say.STATES[stated.state], say.STATES[result.state]
        yield finding(say.STATE_DIFFERS, where=where, entrant=entrant, stated=given, computed=computed)
    if stated.total != result.total:
        total, computed_total = _figure(stated.total), _figure(result.total)
        yield finding(say.TOTAL_DIFFERS, where=where, entrant=entrant, stated=total, computed=computed_total)
    for part, points, computed_points in _differing(stated, result):
        yield finding(
            say.POINTS_DIFFER, where=where, entrant=entrant, part=part, stated=points, computed=computed_points
        )
    if isinstance(stated, Standing) and (stated.marked, stated.expected) != (result.marked, result.expected):
        count, computed_count = f"{stated.marked}/{stated.expected}", f"{result.marked}/{result.expected}"
        yield finding(say.COUNT_DIFFERS, where=where, entrant=entrant, stated=count, computed=computed_count)


def _place_findings(line: Line, place: Ranked, where: Text) -> Iterator[Finding]:
    stated, entrant = line.stated, line.entrant
    if stated.rank != place.rank:
        yield finding(
            say.RANK_DIFFERS, where=where, entrant=entrant, stated=_place(stated.rank), computed=_place(place.rank)
        )
    if stated.shared != place.shared:
        yield finding(say.SHARING_DIFFERS, where=where, entrant=entrant)


def _differing(stated: PublishedRow | Standing, result: Tally) -> Iterator[tuple[str, str, str]]:
    """The stages and criteria whose points differ: which, as stated, as computed."""
    for given, computed in ((stated.stages, result.stages), (stated.criteria, result.criteria)):
        for part in sorted(given.keys() | computed.keys()):
            if given.get(part) != computed.get(part):
                yield part, _figure(given.get(part)), _figure(computed.get(part))


def _walk(package: Package) -> tuple[dict[UUID, EntrantRecord], SheetWatch]:
    """What a package's ledger comes to: everybody's record, and what is signed; judges are not named in a package."""
    records: dict[UUID, EntrantRecord] = {}
    sheets = SheetWatch(entrants={entrant.id: _label(entrant) for entrant in package.entrants}, people={})
    for position, entry in enumerate(package.ledger, start=1):
        records[entry.entrant_id] = record = fold(_record(records, entry.entrant_id), entry)
        sheets.take(position, entry, record)
    return records, sheets


def _record(records: Records, entrant_id: UUID) -> EntrantRecord:
    return records.get(entrant_id) or EntrantRecord(entrant_id=entrant_id)


def _label(entrant: PublishedRow | PackageEntrant) -> str:
    """How a finding names an entrant: by code, or by contestant number where there is none."""
    return entrant.code or str(entrant.number)


def _figure(points: Decimal | None) -> str:
    return "–" if points is None else f"{points:f}"


def _place(place: int | None) -> str:
    return "–" if place is None else str(place)
