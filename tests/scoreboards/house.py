"""A small contest, written straight into the database as the contest's own slices would leave it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from schemas.aspects import Rounding, Score
from schemas.base import Text, canonical, digest
from schemas.closing import RankKey
from schemas.results import Publication, PublicationStatus, PublishedRow
from schemas.scheme import Criterion, Panel, Scheme, Stage, SubCriterion

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)


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

    async def insert_board(self, event_id: UUID, board: str) -> None:
        """One more board of an event."""
        await self.connection.execute(
            "INSERT INTO board (id, event_id, title_zh, title_en, created_at) VALUES ($1, $2, $3, $4, $5)",
            board, event_id, "实时排名", "Live standings", NOW,
        )  # fmt: skip

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
                "UPDATE event SET revision = revision + 1 WHERE id = $1 RETURNING revision", event_id
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
                await self.connection.execute("SELECT pg_notify('leitai_revision', $1)", str(event_id))
        return revision

    async def amend(self, event_id: UUID, scheme: Scheme) -> None:
        """Put another scheme in force, the one before it kept as its version, and tell the boards."""
        async with self.connection.transaction():
            await self.connection.execute("UPDATE event SET revision = revision + 1 WHERE id = $1", event_id)
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
            await self.connection.execute("SELECT pg_notify('leitai_revision', $1)", str(event_id))

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
            await self.connection.execute("SELECT pg_notify('leitai_revision', $1)", str(event_id))
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
