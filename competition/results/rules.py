"""When results may be published, and what a publication says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from competition.ledger.book import Book
from schemas.base import Message
from schemas.closing import BestOfDelegation
from schemas.problems import N_, Problem
from schemas.results import Closed, Publication, PublicationStatus, PublishedRow, Standing
from schemas.scheme import Scheme
from schemas.scheme_form import scheme_digest


class EntrantLabel(Message):
    """How a published list names an entrant."""

    code: str
    number: int
    name: str
    delegation: str


class SheetsAreOpen(Problem):
    """Results that are to be published while score sheets are unsigned."""

    status = 409
    sentence = N_(
        "{count} score sheets are not signed yet. Have them signed, or publish a draft; a provisional list needs every signature."
    )


class SheetsAreMissing(Problem):
    """Results that are to be published although a task of somebody was never given to a judge."""

    status = 409
    sentence = N_(
        "{count} score sheets are nobody's: a panel has no judge for them. Seat the panels and lay out the sheets, or publish a draft."
    )


class NothingProvisional(Problem):
    """Results that are to become official without having been provisional."""

    status = 409
    sentence = N_("Publish a provisional list first; it becomes official after the notice period.")


class ChangedSinceProvisional(Problem):
    """Results that changed after the provisional list."""

    status = 409
    sentence = N_(
        "Something has changed since list {number}: marks, entrants or names. Publish a new provisional list before the official one."
    )


class NothingToPublish(Problem):
    """An event without standings."""

    status = 409
    sentence = N_("There is nothing to publish yet: nobody has been drawn and marked.")


class NoSuchPenalty(Problem):
    """A penalty the scheme does not know, or a count that is none."""

    sentence = N_("The scheme has no penalty {penalty}, or the number of occurrences is not a whole number from 0 on.")


class ReasonMissing(Problem):
    """A penalty, a disqualification or a withdrawal without its reason."""

    sentence = N_("This needs a reason: write what happened, and when.")


def check_publication(new: Publication, *, open_sheets: int, missing_sheets: int, last: Publication | None) -> None:
    """Raise when this list may not be published now.

    ``missing_sheets`` counts what nobody is to mark: an entrant and a sub-criterion without a single judge. ``last`` is the newest
    publication that was not a draft: what becomes official must be that list, line by line, whoever withdrew or was renamed since.
    """
    if new.status == "draft":
        return
    if missing_sheets:
        raise SheetsAreMissing(count=missing_sheets)
    if open_sheets:
        raise SheetsAreOpen(count=open_sheets)
    if new.status == "official":
        if last is None:
            raise NothingProvisional
        if _content(last) != _content(new):
            raise ChangedSinceProvisional(number=last.number)


def publication(
    book: Book,
    labels: Mapping[UUID, EntrantLabel],
    *,
    number: int,
    status: PublicationStatus,
    revision: int,
    now: datetime,
) -> Publication:
    """The result list of a book, in order of place."""
    if not book.standings:
        raise NothingToPublish
    rows = (_row(standing, labels[standing.entrant_id]) for standing in book.standings.values())
    return Publication(
        event_id=book.event_id,
        number=number,
        status=status,
        revision=revision,
        ledger_position=book.position,
        ledger_digest=book.digest.hex(),
        scheme_digest=scheme_digest(book.scheme),
        published_at=now,
        rows=tuple(sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.code))),
    )


def without_delegations(closed: Closed, scheme: Scheme) -> Closed:
    """What somebody may see of an entrant who must not learn whose it is: nothing that tells who comes from one delegation."""
    telling = {award.id for award in scheme.awards if isinstance(award, BestOfDelegation)}
    rule = scheme.advancement
    by_delegation = rule is not None and (rule.most_per_delegation is not None or rule.one_of_each)
    return msgspec.structs.replace(
        closed,
        awards=tuple(award for award in closed.awards if award not in telling),
        advances=None if by_delegation else closed.advances,
    )


def _content(publication: Publication) -> tuple[object, ...]:
    """What a list says, whenever and with whatever status it was published."""
    return publication.ledger_position, publication.ledger_digest, publication.scheme_digest, publication.rows


def _row(standing: Standing, label: EntrantLabel) -> PublishedRow:
    return PublishedRow(
        rank=standing.rank,
        shared=standing.shared,
        code=label.code,
        number=label.number,
        name=label.name,
        delegation=label.delegation,
        state=standing.state,
        total=standing.total,
        stages=standing.stages,
        criteria=standing.criteria,
    )
