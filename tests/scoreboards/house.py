"""A small contest, written straight into the database as the contest's own slices would leave it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.aspects import Rounding, Score
from schemas.base import Text, canonical, digest
from schemas.boards import Audience, BoardKind, BoardSettings, Theme
from schemas.closing import RankKey
from schemas.results import Publication, PublicationStatus, PublishedRow
from schemas.scheme import Criterion, Panel, Scheme, Stage, SubCriterion
from schemas.staging import Prospect, Reveal

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
LATER = datetime(2100, 1, 1, tzinfo=UTC)
KINDS: tuple[BoardKind, ...] = ("teams", "medals", "benches", "ticker", "podium")


class House:
    """A contest in the database, and the few verbs that boards hear of."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def insert_event(self, *, is_blind: bool = True, scheme: Scheme | None = None, board: str = "hall") -> UUID:
        """One competition with one event, its scheme and a board."""
        competition_id, event_id, scheme = new_id(), new_id(), scheme or small_scheme()
        await self.connection.execute(
            "INSERT INTO competition (id, name_zh, name_en, place, starts_on, ends_on, time_zone, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            competition_id, "芜湖市职工职业技能大赛", "Wuhu Workers' Skills Contest", "芜湖", date(2026, 5, 1), date(2026, 5, 2), "Asia/Shanghai", NOW,
        )  # fmt: skip
        await self.connection.execute(
            "INSERT INTO event (id, competition_id, name_zh, name_en, is_blind, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
            event_id, competition_id, "数控机床装调维修工", "CNC machine tool assembly and maintenance", is_blind, NOW,
        )  # fmt: skip
        await self.connection.execute(
            "INSERT INTO scheme (event_id, body, digest, imported_at) VALUES ($1, $2, $3, $4)",
            event_id, canonical(scheme).decode(), digest(scheme), NOW,
        )  # fmt: skip
        await self.insert_board(event_id, board)
        return event_id

    async def insert_board(
        self, event_id: UUID, board: str, kind: BoardKind = "standings", settings: BoardSettings | None = None
    ) -> None:
        """One more board of an event."""
        await self.connection.execute(
            "INSERT INTO board (id, event_id, kind, settings, title_zh, title_en, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
            board, event_id, kind, canonical(settings or BoardSettings()).decode(), "实时排名", "Live standings", NOW,
        )  # fmt: skip

    async def insert_boards(self, event_id: UUID) -> None:
        """A board of every further kind, each named for its kind."""
        for kind in KINDS:
            await self.insert_board(event_id, kind, kind)

    async def insert_entrants(self, event_id: UUID, entrants: Sequence[tuple[str, str, str | None]]) -> list[UUID]:
        """Entrants as (name, delegation, code), numbered from 1; those with a code have been drawn to a bench."""
        delegations = {name: new_id() for _, name, _ in entrants}
        session_id, ids = new_id(), []
        await self.connection.execute(
            "INSERT INTO session (id, event_id, number, starts_at, ends_at) VALUES ($1, $2, 1, $3, $4)",
            session_id, event_id, NOW, NOW + timedelta(hours=3),
        )  # fmt: skip
        for ordinal, (name, delegation_id) in enumerate(delegations.items(), start=1):
            await self.connection.execute(
                "INSERT INTO delegation (id, event_id, code, name, quota) VALUES ($1, $2, $3, $4, 99)",
                delegation_id,
                event_id,
                f"D{ordinal}",
                name,
            )
        for number, (name, delegation, code) in enumerate(entrants, start=1):
            entrant_id, bench_id = new_id(), new_id()
            ids.append(entrant_id)
            await self.connection.execute(
                """
                INSERT INTO entrant (
                    id, event_id, delegation_id, number, name, sex, document_kind, document_sealed, document_digest, document_masked,
                    phone_sealed, phone_masked, employer, skill_level, mentor, leader, status, created_at, changed_at
                )
                VALUES ($1, $2, $3, $4, $5, 'female', 'resident_id', '', $6, '', '', '', '', '', '', '', 'eligible', $7, $7)
                """,
                entrant_id, event_id, delegations[delegation], number, name, hashlib.sha256(str(number).encode()).digest(), NOW,
            )  # fmt: skip
            if code is None:
                continue
            await self.connection.execute(
                "INSERT INTO bench (id, event_id, number) VALUES ($1, $2, $3)", bench_id, event_id, number
            )
            await self.connection.execute(
                "INSERT INTO place_drawn (entrant_id, event_id, session_id, bench_id, code) VALUES ($1, $2, $3, $4, $5)",
                entrant_id, event_id, session_id, bench_id, code,
            )  # fmt: skip
        return ids

    async def stand(self, event_id: UUID, standings: Sequence[Mapping[str, Any]], *, notify: bool = True) -> int:
        """Write standings at the event's next revision and tell the boards; returns the revision."""
        async with self.connection.transaction():
            revision: int = await self.connection.fetchval(
                "UPDATE event SET revision = revision + 1, shown = shown + (NOT is_hidden)::int WHERE id = $1 RETURNING revision",
                event_id,
            )
            for given in standings:
                standing = {
                    "rank": None,
                    "shared": False,
                    "state": "competing",
                    "total": "0",
                    "stages": {},
                    "criteria": {},
                    "marked": 0,
                    "expected": 10,
                    **given,
                }
                await self.connection.execute(
                    """
                    INSERT INTO standing (entrant_id, event_id, revision, rank, shared, state, total, stages, criteria, marked, expected)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                    ON CONFLICT (entrant_id) DO UPDATE SET
                        revision = excluded.revision, rank = excluded.rank, shared = excluded.shared, state = excluded.state,
                        total = excluded.total, stages = excluded.stages, criteria = excluded.criteria, marked = excluded.marked
                    """,
                    standing["entrant_id"], event_id, revision, standing["rank"], standing["shared"], standing["state"],
                    Decimal(standing["total"]), canonical(standing["stages"]).decode(), canonical(standing["criteria"]).decode(),
                    standing["marked"], standing["expected"],
                )  # fmt: skip
            if notify:
                await self.notify(event_id)
        return revision

    async def notify(self, event_id: UUID) -> None:
        """Tell the boards of an event to look."""
        await self.connection.execute("SELECT pg_notify('leitai_revision', $1)", str(event_id))

    async def announce(self, event_id: UUID) -> int:
        """Count something that everybody may see, and tell the boards; returns the revision."""
        revision: int = await self.connection.fetchval(
            """
            UPDATE event SET
                revision = revision + 1,
                shown = shown + 1,
                is_hidden = EXISTS (SELECT FROM board_freeze WHERE event_id = $1 AND taken_at IS NOT NULL AND lifted_at IS NULL)
                    OR EXISTS (SELECT FROM publication WHERE event_id = $1 AND status <> 'draft')
            WHERE id = $1
            RETURNING revision
            """,
            event_id,
        )
        await self.notify(event_id)
        return revision

    async def prospect(self, event_id: UUID, prospect: Prospect) -> None:
        """Write what the standings come to so far, and tell the boards."""
        await self.connection.execute(
            """
            INSERT INTO prospect (event_id, revision, number, shown, body)
            SELECT id, revision, 1, (NOT is_hidden)::int, $2
            FROM event
            WHERE id = $1
            ON CONFLICT (event_id) DO UPDATE SET
                revision = excluded.revision, number = prospect.number + 1, shown = prospect.shown + excluded.shown,
                body = excluded.body
            """,
            event_id, msgspec.json.encode(prospect).decode(),
        )  # fmt: skip
        await self.notify(event_id)

    async def freeze(self, event_id: UUID, *, due_at: datetime = NOW, taken_at: datetime | None = NOW) -> UUID:
        """Freeze the boards with what they show now; one that is not taken yet changes nothing."""
        freeze_id = new_id()
        async with self.connection.transaction():
            await self.connection.execute(
                """
                INSERT INTO board_freeze (id, event_id, due_at, set_at, taken_at, scheme_digest, prospect, prospect_shown)
                SELECT $2, event.id, $3, $3, $4, scheme.digest, prospect.body, prospect.shown
                FROM event
                LEFT JOIN scheme ON scheme.event_id = event.id
                LEFT JOIN prospect ON prospect.event_id = event.id
                WHERE event.id = $1
                """,
                event_id, freeze_id, due_at, taken_at,
            )  # fmt: skip
            if taken_at:
                await self.connection.execute(
                    "INSERT INTO frozen_standing SELECT $2, standing.* FROM standing WHERE event_id = $1", event_id, freeze_id
                )  # fmt: skip
                await self.announce(event_id)
        return freeze_id

    async def lift(self, event_id: UUID) -> None:
        """Lift the freeze."""
        async with self.connection.transaction():
            await self.connection.execute(
                "UPDATE board_freeze SET lifted_at = $2 WHERE event_id = $1 AND lifted_at IS NULL", event_id, NOW
            )
            await self.announce(event_id)

    async def reveal(self, event_id: UUID, reveal: Reveal, *, is_shown: bool = True) -> None:
        """Put a reveal where it is, and tell the boards, unless it is only prepared."""
        await self.connection.execute(
            """
            INSERT INTO reveal (event_id, mode, step, is_paused, script, rehearsal, prepared_at, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
            ON CONFLICT (event_id) DO UPDATE SET
                mode = excluded.mode, step = excluded.step, is_paused = excluded.is_paused, script = excluded.script,
                rehearsal = excluded.rehearsal
            """,
            event_id, reveal.mode, reveal.step, reveal.is_paused, canonical(reveal.script).decode(),
            canonical(reveal.rehearsal).decode(), NOW,
        )  # fmt: skip
        if is_shown:
            await self.announce(event_id)

    async def run_clock(
        self, event_id: UUID, *, session: int = 1, paused_at: datetime | None = None, stopped: int = 0
    ) -> None:
        """Start a session's clock when it is due, or stop it."""
        await self.connection.execute(
            """
            INSERT INTO session_clock (session_id, started_at, paused_at, stopped)
            SELECT id, starts_at, $3, $4
            FROM session
            WHERE event_id = $1
                AND number = $2
            ON CONFLICT (session_id) DO UPDATE SET paused_at = excluded.paused_at, stopped = excluded.stopped
            """,
            event_id, session, paused_at, stopped,
        )  # fmt: skip
        await self.announce(event_id)

    async def give_back(self, event_id: UUID, bench: int, seconds: int, *, session: int = 1) -> None:
        """Give a bench time back."""
        await self.connection.execute(
            """
            INSERT INTO time_back (id, session_id, bench_id, seconds, reason, given_at)
            SELECT $5, session.id, bench.id, $4, '断电', $6
            FROM session
            JOIN bench ON bench.event_id = session.event_id
            WHERE session.event_id = $1
                AND session.number = $2
                AND bench.number = $3
            """,
            event_id, session, bench, seconds, new_id(), NOW,
        )  # fmt: skip
        await self.announce(event_id)

    async def open_pass(self, event_id: UUID, audience: Audience, *, expires_at: datetime = LATER) -> str:
        """A pass for an audience; returns its token."""
        token = f"pass-{audience}-{expires_at:%Y%m%d%H%M}"
        await self.connection.execute(
            """
            INSERT INTO board_pass (id, token_digest, event_id, audience, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6)
            """,
            new_id(), hashlib.sha256(token.encode()).digest(), event_id, audience, NOW, expires_at,
        )  # fmt: skip
        return token

    async def dress(self, event_id: UUID, theme: Theme, logo: bytes | None = None) -> None:
        """Give the competition of an event a theme."""
        await self.connection.execute(
            """
            INSERT INTO theme (competition_id, body, logo, changed_at)
            SELECT competition_id, $2, $3, $4
            FROM event
            WHERE id = $1
            ON CONFLICT (competition_id) DO UPDATE SET body = excluded.body, logo = excluded.logo
            """,
            event_id, canonical(theme).decode(), logo, NOW,
        )  # fmt: skip
        await self.announce(event_id)

    async def amend(self, event_id: UUID, scheme: Scheme) -> None:
        """Put another scheme in force, the one before it kept as its version, and tell the boards."""
        async with self.connection.transaction():
            await self.connection.execute(
                "UPDATE event SET revision = revision + 1, shown = shown + (NOT is_hidden)::int WHERE id = $1", event_id
            )
            await self.connection.execute(
                """
                INSERT INTO scheme_version (event_id, number, body, digest, position, reason, at)
                SELECT event_id, 1, body, digest, 0, '', imported_at
                FROM scheme
                WHERE event_id = $1
                """,
                event_id,
            )
            await self.connection.execute(
                "UPDATE scheme SET body = $2, digest = $3 WHERE event_id = $1",
                event_id, canonical(scheme).decode(), digest(scheme),
            )  # fmt: skip
            await self.notify(event_id)

    async def publish(
        self,
        event_id: UUID,
        rows: Sequence[PublishedRow],
        *,
        number: int = 1,
        status: PublicationStatus = "provisional",
    ) -> int:
        """Publish a result list and tell the boards; returns the revision that made it."""
        async with self.connection.transaction():
            revision: int = await self.connection.fetchval(
                "UPDATE event SET revision = revision + 1 WHERE id = $1 RETURNING revision", event_id
            )
            scheme: str = await self.connection.fetchval("SELECT digest FROM scheme WHERE event_id = $1", event_id)
            publication = Publication(
                event_id=event_id, number=number, status=status, revision=revision, ledger_position=0, ledger_digest="",
                scheme_digest=scheme, published_at=NOW, rows=tuple(rows),
            )  # fmt: skip
            await self.connection.execute(
                "INSERT INTO publication (event_id, number, status, revision, body, digest, published_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                event_id, number, status, revision, canonical(publication).decode(), digest(publication), NOW,
            )  # fmt: skip
            await self.connection.execute(
                """
                INSERT INTO published_prospect (event_id, number, shown, body)
                SELECT event_id, $2, shown, body
                FROM prospect
                WHERE event_id = $1
                """,
                event_id, number,
            )  # fmt: skip
            if status != "draft":
                await self.connection.execute(
                    "UPDATE event SET shown = shown + 1, is_hidden = true WHERE id = $1", event_id
                )
            await self.notify(event_id)
        return revision


def small_scheme(tasks: Sequence[str] = ("A", "B")) -> Scheme:
    """Theory, and practice in so many tasks."""
    return Scheme(
        format="leitai-scheme-1",
        code="small",
        version="1",
        name=Text(zh="小方案", en="Small scheme"),
        trade=Text(zh="装调", en="Assembly"),
        stages=(_stage("theory", "理论", "Theory", ("T",)), _stage("practice", "实操", "Practice", tasks)),
        rounding=Rounding(places=2),
        ranking=(RankKey(of="total"),),
    )


def published_row(rank: int, code: str, name: str, total: str) -> PublishedRow:
    """One line of a result list."""
    return PublishedRow(
        rank=rank, shared=False, code=code, number=rank, name=name, delegation="芜湖", state="competing",
        total=Decimal(total), stages={"theory": Decimal(80)}, criteria={"A": Decimal(9)},
    )  # fmt: skip


def _stage(id: str, zh: str, en: str, criteria: Sequence[str]) -> Stage:
    return Stage(
        id=id,
        name=Text(zh=zh, en=en),
        points=Decimal(10 * len(criteria)),
        weight=Decimal(50),
        criteria=tuple(_criterion(name) for name in criteria),
    )


def _criterion(id: str) -> Criterion:
    name, points = Text(zh=f"任务{id}", en=f"Task {id}"), Decimal(10)
    aspect = Score(id=f"{id}1-1", name=name, points=points)
    sub_criterion = SubCriterion(id=f"{id}1", name=name, points=points, panel=Panel(judges=1), aspects=(aspect,))
    return Criterion(id=id, name=name, points=points, sub_criteria=(sub_criterion,))
