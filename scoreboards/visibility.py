"""What an audience may see of an event: the one place where facts become a board. Pure.

Everything a board shows, in whatever form, is made of a ``Projection``, and that of a ``Sight``; what is not in it cannot leak
from any page, state, socket or ETag. Two sets of facts that differ only in what is hidden project to the same bytes.

Who is entered everybody sees at once, also behind a freeze: a corrected name is put right on a frozen board, and who withdraws
leaves it, as only somebody without a mark can. That tells nothing of marks, for of those it has what the freeze took, in the
columns of the scheme of then: no figure, rank, award or team is worked out anew until the freeze is lifted. Who withdraws after a
mark is in the ledger: that is hidden like a mark.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import attrgetter
from uuid import UUID

import msgspec

from schemas.base import Message
from schemas.boards import Audience, BoardColumn, BoardKind, BoardRow, BoardStatus
from schemas.results import Publication, PublishedRow, Standing
from schemas.staging import Prospect, Reveal
from scoreboards.facts import BoardSign, EntrantFacts, EventFacts, Glimpse, Outlook, Projection
from scoreboards.projections import LAST, Act, Seen, Sight, natural, plain, whole
from scoreboards.projections.benches import benches
from scoreboards.projections.entrant import entrant as entrant_page
from scoreboards.projections.medals import medals
from scoreboards.projections.podium import podium
from scoreboards.projections.standings import standings
from scoreboards.projections.teams import teams
from scoreboards.projections.ticker import ticker

ALL = 100

WITH_PROSPECT: frozenset[BoardKind] = frozenset({"teams", "medals", "ticker", "entrant"})
"""The kinds that also change when the prospect does."""

REVEALED: dict[str, BoardStatus] = {"closed": "preparing", "rehearsal": "rehearsal", "live": "live"}

PROJECTIONS: dict[BoardKind, Callable[[BoardSign, Sight], Projection]] = {
    "standings": standings,
    "teams": teams,
    "medals": medals,
    "benches": benches,
    "ticker": ticker,
    "podium": podium,
}


Order = tuple[int, bool, list[tuple[int, str]], str]


class Line(Message):
    """An entrant as they were last seen, of which standing that was made, and what orders it."""

    entrant_id: UUID
    standing: Standing | None
    order: Order
    seen: Seen


def project(
    sign: BoardSign, facts: EventFacts, audience: Audience = "public", entrant: str | None = None
) -> Projection | None:
    """The board ``sign`` of an event as an audience may see it, or the page of the ``entrant`` with this code.

    None when there is no such entrant for this audience; and only a board of standings has pages of entrants.
    """
    if entrant is None:
        return PROJECTIONS[sign.kind](sign, sight_of(facts, audience, sign.kind))
    if sign.kind != "standings":
        return None
    return entrant_page(sign, sight_of(facts, audience, "entrant"), entrant)


def status_of(glimpse: Glimpse, audience: Audience, kind: BoardKind) -> BoardStatus:
    """Which facts an audience sees, in a word; everything else follows from it.

    A podium shows the reveal. For everybody else than the jury a list that is out comes first, then a freeze; drafts do not exist.
    """
    if kind == "podium":
        return REVEALED[glimpse.reveal]
    if audience != "jury":
        if glimpse.published and glimpse.published != "draft":
            return glimpse.published
        if glimpse.is_frozen:
            return "frozen"
    return "live" if glimpse.is_marked else "preparing"


def sight_of(facts: EventFacts, audience: Audience, kind: BoardKind) -> Sight:
    """Everything that an audience may see on a board of this kind, and nothing else."""
    key = (audience, kind == "podium", kind in WITH_PROSPECT)
    sight = facts.sights.get(key)
    if not isinstance(sight, Sight):
        sight = facts.sights[key] = _sight_of(facts, audience, kind)
    return sight


def _sight_of(facts: EventFacts, audience: Audience, kind: BoardKind) -> Sight:
    status = status_of(_glimpse(facts), audience, kind)
    if kind == "podium":
        return _revealed(facts, audience, status)
    if facts.publication and status in {"provisional", "official"}:
        return _published(facts, facts.publication, audience, kind, status)
    if facts.freeze and status == "frozen":
        # As if nothing had been marked or amended since.
        then = msgspec.structs.replace(
            facts, standings=facts.freeze.standings, columns=facts.freeze.columns, by_total=facts.freeze.by_total
        )
        sight = _standing(then, facts.freeze.outlook, facts.frozen_lines, audience, kind, status)
        return msgspec.structs.replace(sight, frozen_at=facts.freeze.since)
    return _standing(facts, facts.outlook, facts.lines, audience, kind, status)


def _glimpse(facts: EventFacts) -> Glimpse:
    return Glimpse(
        published=facts.publication.status if facts.publication else None,
        is_frozen=facts.freeze is not None,
        is_marked=any(standing.marked for standing in facts.standings),
        reveal=facts.reveal.mode if facts.reveal else "closed",
    )


def _revealed(facts: EventFacts, audience: Audience, status: BoardStatus) -> Sight:
    """A reveal shows names: it is made from a result list. A closed one does not exist, whatever is prepared."""
    reveal = facts.reveal
    return Sight(
        event=facts.name,
        theme=facts.theme,
        audience=audience,
        status=status,
        has_names=True,
        revision=_revision(facts, audience, "podium", facts.outlook),
        act=_act(reveal, audience) if reveal and reveal.mode != "closed" else None,
    )


def _act(reveal: Reveal, audience: Audience) -> Act:
    script = reveal.rehearsal if reveal.mode == "rehearsal" else reveal.script
    step = min(reveal.step, len(script.steps))
    is_told = audience == "presenter"
    return Act(
        awards=script.awards,
        revealed=script.steps[:step],
        # How many steps there are tells of ties and awards that nobody has: the hall is told only whether there is another.
        steps=len(script.steps) if is_told else min(step + 1, len(script.steps)),
        is_paused=reveal.is_paused,
        following=script.steps[step] if is_told and step < len(script.steps) else None,
    )


def _published(
    facts: EventFacts, publication: Publication, audience: Audience, kind: BoardKind, status: BoardStatus
) -> Sight:
    """Exactly the list that is out: neither rows nor revision tell of marks made after it, and nothing is possible any more."""
    ids = {entrant.number: entrant.id for entrant in facts.entrants}
    outlook = facts.published_outlook
    return msgspec.structs.replace(
        _common(facts, audience, status),
        revision=_revision(facts, audience, kind, outlook),
        has_names=True,
        published_at=publication.published_at,
        columns=facts.published_columns,
        seen=tuple(
            Seen(id=ids.get(row.number), row=_published_row(row, place, facts.published_columns))
            for place, row in enumerate(publication.rows, start=1)
        ),
        delegations=_delegations(facts),
        prospect=msgspec.structs.replace(outlook.prospect, reaches=()),
    )


def _standing(
    facts: EventFacts,
    outlook: Outlook,
    lines: dict[UUID, Message],
    audience: Audience,
    kind: BoardKind,
    status: BoardStatus,
) -> Sight:
    """The standings of now or of a freeze; while marking is blind, nothing in them tells whose they are."""
    names = not facts.is_blind
    return msgspec.structs.replace(
        _common(facts, audience, status),
        revision=_revision(facts, audience, kind, outlook),
        has_names=names,
        seen=_seen(facts, lines, names=names),
        delegations=_delegations(facts) if names else {},
        prospect=outlook.prospect if names else _nameless(outlook.prospect),
    )


def _common(facts: EventFacts, audience: Audience, status: BoardStatus) -> Sight:
    return Sight(
        event=facts.name,
        theme=facts.theme,
        audience=audience,
        status=status,
        has_names=False,
        revision=0,
        columns=facts.columns,
        by_total=facts.by_total,
        sessions=facts.sessions,
        places=facts.places,
    )


def _revision(facts: EventFacts, audience: Audience, kind: BoardKind, outlook: Outlook) -> int:
    """The number of what the audience could see until now: the jury is told of everything, everybody else of what is shown."""
    if audience == "jury":
        return facts.revision + (facts.outlook_number if kind in WITH_PROSPECT else 0)
    return facts.shown + (outlook.shown if kind in WITH_PROSPECT else 0)


def _delegations(facts: EventFacts) -> dict[str, str]:
    return {entrant.delegation: entrant.delegation_code for entrant in facts.entrants}


def _nameless(prospect: Prospect) -> Prospect:
    """Awards by delegation and who makes a team would tell whose a code is."""
    return msgspec.structs.replace(prospect, winners={}, teams=())


def _published_row(row: PublishedRow, place: int, columns: Sequence[BoardColumn]) -> BoardRow:
    return BoardRow(
        code=row.code or _by_number(row.number),
        place=place,
        rank=row.rank,
        shared=row.shared,
        name=row.name,
        delegation=row.delegation,
        total=whole(row.total),
        figures=_figures(row, columns),
        progress=ALL,
        state=row.state,
    )


def _seen(facts: EventFacts, lines: dict[UUID, Message], *, names: bool) -> tuple[Seen, ...]:
    by_entrant = {standing.entrant_id: standing for standing in facts.standings}
    there = [
        _line(facts, lines, entrant, by_entrant.get(entrant.id), names=names)
        for entrant in facts.entrants
        if entrant.status != "withdrawn" and (entrant.code or names)
    ]
    there.sort(key=attrgetter("order"))
    return tuple(_placed(lines, line, place) for place, line in enumerate(there, start=1))


def _line(
    facts: EventFacts, lines: dict[UUID, Message], entrant: EntrantFacts, standing: Standing | None, *, names: bool
) -> Line:
    """The line of an entrant, made anew when their standing is another: all else that it is made of is as it was."""
    line = lines.get(entrant.id)
    if not isinstance(line, Line) or line.standing is not standing:
        row = _live_row(entrant, standing, facts.columns, names=names)
        line = Line(entrant_id=entrant.id, standing=standing, order=_order(row), seen=Seen(id=entrant.id, row=row))
        lines[entrant.id] = line
    return line


def _placed(lines: dict[UUID, Message], line: Line, place: int) -> Seen:
    """What is seen of a line at its place."""
    if line.seen.row.place == place:
        return line.seen
    seen = msgspec.structs.replace(line.seen, row=msgspec.structs.replace(line.seen.row, place=place))
    lines[line.entrant_id] = msgspec.structs.replace(line, seen=seen)
    return seen


def _live_row(
    entrant: EntrantFacts, standing: Standing | None, columns: Sequence[BoardColumn], *, names: bool
) -> BoardRow:
    row = BoardRow(
        code=entrant.code or _by_number(entrant.number),
        place=0,
        rank=None,
        shared=False,
        name=entrant.name if names else "",
        delegation=entrant.delegation if names else "",
        total=Decimal(0),
        figures=(None,) * len(columns),
        progress=0,
        state=standing.state if standing else "competing",
    )
    # Who is absent, unranked or out stays on the board, without points: what was marked is nobody's business in the hall.
    if standing is None or standing.state != "competing" or not standing.marked:
        return row
    return msgspec.structs.replace(
        row,
        rank=standing.rank,
        shared=standing.shared,
        total=whole(standing.total),
        figures=_figures(standing, columns),
        progress=min(standing.marked * ALL // max(standing.expected, 1), ALL),
    )


def _figures(row: Standing | PublishedRow, columns: Sequence[BoardColumn]) -> tuple[Decimal | None, ...]:
    figures = [(row.stages if column.kind == "stage" else row.criteria).get(column.id) for column in columns]
    return tuple(None if figure is None else plain(figure) for figure in figures)


def _by_number(number: int) -> str:
    """What stands for a code before the draw, where entrants are named anyway; while blind such an entrant is not shown."""
    return f"#{number}"


def _order(row: BoardRow) -> Order:
    """Ranked first; then who is not marked yet, then who does not compete; always the same among equals, by code."""
    return row.rank or LAST, row.state != "competing", natural(row.code), row.code
