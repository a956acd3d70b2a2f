"""What the standings of an event come to so far: awards, teams, what can still change, and what was marked last. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from heapq import nlargest
from uuid import UUID

import msgspec

from competition.ledger.book import Book
from competition.scoring.awards import award_names
from competition.scoring.closing import close
from competition.scoring.medals import MEDALS
from competition.scoring.reach import reach
from competition.scoring.record import EntrantRecord
from competition.scoring.tally import tally
from schemas.boards import BoardAward
from schemas.closing import Medals
from schemas.results import Contender
from schemas.scheme import Scheme
from schemas.staging import Prospect, TeamTable, Touch

MOST_TOUCHED = 30

_encoder = msgspec.json.Encoder(decimal_format="string")


def prospect_of(book: Book, contenders: Iterable[Contender]) -> Prospect:
    """What a book comes to for those who compete.

    Nobody is looked at before the first mark: who has none yet is not the equal of everybody else who has none.
    """
    scheme = book.scheme
    competing = [one for one in contenders if one.entrant_id in book.numbers]
    records = [book.record(one.entrant_id) for one in competing]
    tallies = [own for record in records if (own := tally(scheme, record)).marked]
    closing = close(scheme, tallies, competing)
    reaches = reach(scheme, records, numbers=book.numbers)
    is_open = any(one.least != one.most or one.best != one.worst for one in reaches)
    return Prospect(
        revision=book.revision,
        awards=board_awards(scheme),
        winners={one.entrant_id: one.awards for one in closing.entrants if one.awards},
        teams=tuple(
            TeamTable(id=team.id, name=team.name, measure=team.of, places=closing.teams[team.id])
            for team in scheme.teams
        ),
        reaches=reaches if is_open else (),
        touched=touched(scheme, records),
    )


def encoded(prospect: Prospect) -> str:
    """A prospect as it is kept; its winners are by id, which canonical JSON does not sort."""
    return _encoder.encode(prospect).decode()


def board_awards(scheme: Scheme) -> tuple[BoardAward, ...]:
    """The scheme's awards in its order, a medal of each kind for itself."""
    names, awards = award_names(scheme), []
    for award in scheme.awards:
        if isinstance(award, Medals):
            awards += [BoardAward(id=(own := f"{award.id}:{medal}"), name=names[own], medal=medal) for medal in MEDALS]
        else:
            awards.append(BoardAward(id=award.id, name=award.name))
    return tuple(awards)


def touched(scheme: Scheme, records: Iterable[EntrantRecord]) -> tuple[Touch, ...]:
    """The entrants and columns that were marked last, the latest first; of marks made at once the one with the later id."""
    columns = _column_of_aspects(scheme)
    latest: dict[tuple[UUID, str], tuple[datetime, UUID]] = {}
    for record in records:
        for mark in record.marks.values():
            if column := columns.get(mark.aspect):
                cell, made = (record.entrant_id, column), (mark.recorded_at, mark.id)
                latest[cell] = max(latest.get(cell, made), made)
    last = nlargest(MOST_TOUCHED, latest.items(), key=lambda item: item[1])
    return tuple(Touch(entrant_id=entrant_id, column=column, at=at) for (entrant_id, column), (at, _) in last)


def _column_of_aspects(scheme: Scheme) -> dict[str, str]:
    """In which column of the boards each aspect counts: its criterion's, or its stage's where that has a single criterion."""
    return {
        aspect.id: criterion.id if len(stage.criteria) > 1 else stage.id
        for stage in scheme.stages
        for criterion in stage.criteria
        for sub in criterion.sub_criteria
        for aspect in sub.aspects
    }
