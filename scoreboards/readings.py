"""Reading events: whole, as of one moment, or only what has changed since a reading.

A mark changes standings, and what they come to. Whatever else a board is made of is its event's setting, of which the database
tells a digest: while that is the same only standings written since are sent; when it is another, everything is read. So there is
nothing that a writer could forget to say.
"""

from __future__ import annotations

from uuid import UUID

import msgspec
from asyncpg import Record

from competition.plumbing.database import Connection
from schemas.base import Message, Text
from schemas.boards import Theme
from schemas.results import Publication
from schemas.scheme import Scheme
from schemas.staging import Prospect, Reveal, RevealScript
from scoreboards import store
from scoreboards.facts import BoardSign, EventFacts, FreezeFacts, Outlook, columns_of, goes_by_total

_OF_EVENT = """
    FROM event
    JOIN competition ON competition.id = event.competition_id
    LEFT JOIN theme ON theme.competition_id = competition.id
    LEFT JOIN scheme ON scheme.event_id = event.id
    LEFT JOIN prospect ON prospect.event_id = event.id
    LEFT JOIN board_freeze ON board_freeze.event_id = event.id
        AND board_freeze.taken_at IS NOT NULL
        AND board_freeze.lifted_at IS NULL
    LEFT JOIN reveal ON reveal.event_id = event.id
    WHERE event.id = $1
"""

# Sums of hashes, since rows come in any order. What never changes, as a list or what a freeze took, is told by its key.
_SETTING = """
    concat(
        hash_record_extended(ROW(
            event.name_zh, event.name_en, event.is_blind,
            competition.id, competition.name_zh, competition.name_en, competition.place, competition.time_zone, theme.body,
            scheme.digest,
            board_freeze.id, board_freeze.due_at, board_freeze.scheme_digest, board_freeze.prospect_shown,
            (SELECT max(number) FROM publication WHERE publication.event_id = event.id AND status <> 'draft'),
            reveal.mode, reveal.step, reveal.is_paused, reveal.script, reveal.rehearsal
        ), 0), ' ',
        (
            SELECT sum(hash_record_extended(ROW(entrant.id, number, name, delegation_id, status), 0))
            FROM entrant
            WHERE entrant.event_id = event.id
        ), ' ',
        (
            SELECT sum(hash_record_extended(ROW(delegation.id, code, name), 0))
            FROM delegation
            WHERE delegation.event_id = event.id
        ), ' ',
        (
            SELECT sum(hash_record_extended(ROW(entrant_id, session_id, bench_id, code), 0))
            FROM place_drawn
            WHERE place_drawn.event_id = event.id
        ), ' ',
        (
            SELECT sum(hash_record_extended(ROW(session.id, number, starts_at, ends_at, started_at, paused_at, stopped), 0))
            FROM session
            LEFT JOIN session_clock ON session_clock.session_id = session.id
            WHERE session.event_id = event.id
        ), ' ',
        (
            SELECT sum(hash_record_extended(ROW(time_back.session_id, bench_id, seconds), 0))
            FROM bench
            JOIN time_back ON time_back.bench_id = bench.id
            WHERE bench.event_id = event.id
        ), ' ',
        (
            SELECT sum(hash_record_extended(ROW(bench.id, number), 0))
            FROM bench
            WHERE bench.event_id = event.id
        ), ' ',
        (
            SELECT sum(hash_record_extended(ROW(board.id, kind, title_zh, title_en, settings), 0))
            FROM board
            WHERE board.event_id = event.id
        )
    )
"""

_publication = msgspec.json.Decoder(Publication)
_prospect = msgspec.json.Decoder(Prospect)
_script = msgspec.json.Decoder(RevealScript)
_theme = msgspec.json.Decoder(Theme)


class Venue(Message):
    """What a board's page says about the occasion: the competition, its place and the time zone of its clocks."""

    competition_id: UUID
    competition: Text
    place: str
    time_zone: str


class Counters(Message):
    """What moves whenever a board of an event may have changed: the event's revision, and the writings of its prospect."""

    revision: int
    outlook: int


class EventReading(Message):
    """One reading of an event: its facts, its venue, the boards that show it, and the digest of all but its standings."""

    facts: EventFacts
    venue: Venue
    signs: tuple[BoardSign, ...]
    setting: str

    @property
    def counters(self) -> Counters:
        """What the counters were at this reading."""
        return Counters(revision=self.facts.revision, outlook=self.facts.outlook_number)


async def counters(connection: Connection) -> dict[UUID, Counters]:
    """The counters of every event that has a board."""
    rows = await connection.fetch(
        """
        SELECT event.id, event.revision, COALESCE(prospect.number, 0)
        FROM event
        LEFT JOIN prospect ON prospect.event_id = event.id
        WHERE EXISTS (SELECT FROM board WHERE board.event_id = event.id)
        """
    )
    return {row[0]: Counters(revision=row[1], outlook=row[2]) for row in rows}


async def facts_of(connection: Connection, event_id: UUID) -> EventReading | None:
    """Everything the boards of an event are made of, read as of one moment."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        event = await _event(connection, event_id)
        if event is None:
            return None
        published = await _published(connection, event_id)
        publication = _publication.decode(published["body"]) if published else None
        earlier = [event["frozen_scheme"] or "", publication.scheme_digest if publication else ""]
        scheme, schemes = await store.schemes_of(connection, event_id, earlier)
        facts = EventFacts(
            id=event_id,
            name=Text(zh=event["name_zh"], en=event["name_en"]),
            is_blind=event["is_blind"],
            revision=event["revision"],
            shown=event["shown"],
            columns=columns_of(scheme),
            by_total=goes_by_total(scheme),
            entrants=await store.entrants_of(connection, event_id),
            standings=await store.standings_of(connection, event_id),
            outlook=_outlook(event["prospect"], event["prospect_shown"]),
            outlook_number=event["prospect_number"],
            freeze=await _freeze(connection, event, schemes.get(event["frozen_scheme"], scheme)),
            publication=publication,
            published_columns=columns_of(schemes.get(publication.scheme_digest)) if publication else (),
            published_outlook=_outlook(published["prospect"], published["shown"]) if published else Outlook(),
            sessions=await store.sessions_of(connection, event_id),
            places=await store.places_of(connection, event_id),
            reveal=_reveal(event),
            theme=_theme.decode(event["theme"]) if event["theme"] else Theme(),
        )
        venue = Venue(
            competition_id=event["competition_id"],
            competition=Text(zh=event["competition_zh"], en=event["competition_en"]),
            place=event["place"],
            time_zone=event["time_zone"],
        )
        signs = await store.signs_of(connection, event_id)
        return EventReading(facts=facts, venue=venue, signs=signs, setting=event["setting"])


async def facts_after(connection: Connection, reading: EventReading) -> EventReading | None:
    """The same event as it is now: of standings only those written since, everything where more than they has changed."""
    before = reading.facts
    news = await _news(connection, reading)
    if news is None:
        return None
    standings = {one.entrant_id: one for one in before.standings}
    standings |= {one.entrant_id: one for one in store.read_standings(news["standings"])}
    # Whoever writes a standing gives it the revision it makes; a deleted one is missed by the number of them.
    if news["setting"] != reading.setting or news["revision"] < before.revision or news["count"] != len(standings):
        return await facts_of(connection, before.id)
    is_same_outlook = news["prospect_number"] == before.outlook_number and news["prospect"] is None
    facts = before.moved(
        revision=news["revision"],
        shown=news["shown"],
        standings=tuple(standings.values()),
        outlook=before.outlook if is_same_outlook else _outlook(news["prospect"], news["prospect_shown"]),
        outlook_number=news["prospect_number"],
    )
    return msgspec.structs.replace(reading, facts=facts)


async def _event(connection: Connection, event_id: UUID) -> Record | None:
    row: Record | None = await connection.fetchrow(
        f"""
        SELECT
            event.name_zh, event.name_en, event.is_blind, event.revision, event.shown,
            competition.id AS competition_id, competition.name_zh AS competition_zh, competition.name_en AS competition_en,
            competition.place, competition.time_zone, theme.body AS theme,
            prospect.body AS prospect, prospect.shown AS prospect_shown, COALESCE(prospect.number, 0) AS prospect_number,
            board_freeze.id AS freeze_id, board_freeze.due_at, board_freeze.prospect AS frozen_prospect,
            board_freeze.prospect_shown AS frozen_shown, board_freeze.scheme_digest AS frozen_scheme,
            reveal.mode, reveal.step, reveal.is_paused, reveal.script, reveal.rehearsal,
            {_SETTING} AS setting
        {_OF_EVENT}
        """,
        event_id,
    )
    return row


async def _news(connection: Connection, reading: EventReading) -> Record | None:
    """What has moved since a reading: counters, the standings written since, how many there are, another prospect."""
    row: Record | None = await connection.fetchrow(
        f"""
        SELECT
            event.revision, event.shown, {_SETTING} AS setting,
            (SELECT {store.STANDINGS} FROM standing WHERE event_id = $1 AND revision > $2) AS standings,
            (SELECT count(*) FROM standing WHERE event_id = $1) AS count,
            COALESCE(prospect.number, 0) AS prospect_number, prospect.shown AS prospect_shown,
            CASE WHEN (prospect.number, prospect.revision) IS DISTINCT FROM ($3, $4) THEN prospect.body END AS prospect
        {_OF_EVENT}
        """,
        reading.facts.id,
        reading.facts.revision,
        reading.facts.outlook_number,
        reading.facts.outlook.prospect.revision,
    )
    return row


async def _published(connection: Connection, event_id: UUID) -> Record | None:
    """The newest publication that everybody may see, and what it came to."""
    row: Record | None = await connection.fetchrow(
        """
        SELECT publication.body, published_prospect.body AS prospect, published_prospect.shown
        FROM publication
        LEFT JOIN published_prospect ON published_prospect.event_id = publication.event_id
            AND published_prospect.number = publication.number
        WHERE publication.event_id = $1
            AND publication.status <> 'draft'
        ORDER BY publication.number DESC
        LIMIT 1
        """,
        event_id,
    )
    return row


async def _freeze(connection: Connection, event: Record, scheme: Scheme | None) -> FreezeFacts | None:
    """The freeze in force, by its scheme. It shows the time it was due: it may be taken as late as the first mark behind it."""
    if event["freeze_id"] is None:
        return None
    return FreezeFacts(
        since=event["due_at"],
        standings=await store.frozen_standings(connection, event["freeze_id"]),
        columns=columns_of(scheme),
        by_total=goes_by_total(scheme),
        outlook=_outlook(event["frozen_prospect"], event["frozen_shown"]),
    )


def _outlook(body: str | None, shown: int | None) -> Outlook:
    return Outlook(prospect=_prospect.decode(body), shown=shown or 0) if body else Outlook(shown=shown or 0)


def _reveal(event: Record) -> Reveal | None:
    if event["mode"] is None:
        return None
    return Reveal(
        mode=event["mode"],
        step=event["step"],
        is_paused=event["is_paused"],
        script=_script.decode(event["script"]),
        rehearsal=_script.decode(event["rehearsal"]),
    )
