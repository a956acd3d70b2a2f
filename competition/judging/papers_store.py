"""The SQL of papers: what lies beside the ledger and is bound to it by digests, signatures by hand and photographs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from competition.plumbing.database import Connection
from schemas.base import Message, canonical
from schemas.marks import Drawing, Photograph, Signature, Signer
from schemas.tablet import OwnPhotograph, OwnSignature

_drawing = msgspec.json.Decoder(Drawing)
_signature = msgspec.json.Decoder(Signature)


class Picture(Message):
    """A photograph as it is kept: a JPEG without anything but the picture."""

    jpeg: bytes
    width: int
    height: int


class AlteredPaper(Message):
    """A drawing or a picture that is gone, or is not what its ledger entry says."""

    position: int
    id: UUID
    kind: Literal["signature", "photograph"]
    is_missing: bool


# Signing --------------------------------------------------------------------------------------------------------------


async def seal(connection: Connection, sheet_id: UUID, seal_id: UUID, sheet_digest: str, now: datetime) -> None:
    """Note that a sheet is signed, and by which sign-off."""
    await connection.execute(
        "UPDATE score_sheet SET sealed_at = $2, seal_id = $3, sheet_digest = $4 WHERE id = $1",
        sheet_id, now, seal_id, sheet_digest,
    )  # fmt: skip


async def insert_drawing(
    connection: Connection, event_id: UUID, signature_id: UUID, drawing: Drawing, now: datetime
) -> None:
    """Keep the drawing of a signature, in the form that its digest is taken of."""
    await connection.execute(
        "INSERT INTO drawing (id, event_id, body, created_at) VALUES ($1, $2, $3, $4)",
        signature_id, event_id, canonical(drawing).decode(), now,
    )  # fmt: skip


async def signature_under(connection: Connection, sheet_id: UUID, seal_id: UUID, role: Signer) -> Signature | None:
    """The signature in this role under this sign-off."""
    body = await connection.fetchval(
        """
        SELECT body
        FROM ledger
        WHERE kind = 'signature'
            AND entrant_id = (SELECT entrant_id FROM score_sheet WHERE id = $1)
            AND body::jsonb ->> 'seal' = $2
            AND body::jsonb ->> 'role' = $3
        """,
        sheet_id,
        str(seal_id),
        role,
    )
    return _signature.decode(body) if body else None


async def signatures_of(connection: Connection, sheet_ids: Collection[UUID]) -> Mapping[UUID, tuple[OwnSignature, ...]]:
    """The signatures under each of these sheets, in the order they were given; a sheet without any has no entry."""
    rows = await connection.fetch(
        """
        SELECT score_sheet.id, score_sheet.seal_id, ledger.body,
            CASE WHEN ledger.body::jsonb ->> 'seal' = score_sheet.seal_id::text THEN drawing.body END
        FROM score_sheet
        JOIN ledger ON ledger.entrant_id = score_sheet.entrant_id
            AND ledger.kind = 'signature'
            AND ledger.body::jsonb ->> 'sheet_id' = score_sheet.id::text
        JOIN drawing ON drawing.id = ledger.id
        WHERE score_sheet.id = ANY($1)
        ORDER BY ledger.position
        """,
        list(sheet_ids),
    )
    found: defaultdict[UUID, tuple[OwnSignature, ...]] = defaultdict(tuple)
    for sheet_id, seal_id, body, drawing in rows:
        signature = _signature.decode(body)
        found[sheet_id] += (
            OwnSignature(
                id=signature.id,
                role=signature.role,
                drawing=_drawing.decode(drawing) if drawing else None,
                signed_at=signature.recorded_at,
                holds=signature.seal == seal_id,
            ),
        )
    return dict(found)


# Photographs ----------------------------------------------------------------------------------------------------------


async def insert_photograph(connection: Connection, event_id: UUID, entry: Photograph, picture: Picture) -> None:
    """Keep a picture beside its ledger entry."""
    await connection.execute(
        """
        INSERT INTO photograph (id, event_id, sheet_id, aspect, picture, width, height, taken_at, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        entry.id, event_id, entry.sheet_id, entry.aspect, picture.jpeg, picture.width, picture.height, entry.taken_at,
        entry.recorded_at,
    )  # fmt: skip


async def count_photographs(connection: Connection, sheet_id: UUID, aspect: str) -> int:
    """How many photographs there are of one aspect of a sheet."""
    return int(
        await connection.fetchval(
            "SELECT count(*) FROM photograph WHERE sheet_id = $1 AND aspect = $2", sheet_id, aspect
        )
    )


async def photographs_of(
    connection: Connection, sheet_ids: Collection[UUID]
) -> Mapping[UUID, tuple[OwnPhotograph, ...]]:
    """The photographs of each of these sheets, in the order they were taken; a sheet without any has no entry."""
    rows = await connection.fetch(
        "SELECT sheet_id, id, aspect, taken_at FROM photograph WHERE sheet_id = ANY($1) ORDER BY taken_at, id",
        list(sheet_ids),
    )
    found: defaultdict[UUID, tuple[OwnPhotograph, ...]] = defaultdict(tuple)
    for sheet_id, photograph_id, aspect, taken_at in rows:
        found[sheet_id] += (OwnPhotograph(id=photograph_id, aspect=aspect, taken_at=taken_at),)
    return dict(found)


async def picture_with(connection: Connection, photograph_id: UUID, *, judge_id: UUID | None) -> bytes | None:
    """A photograph's JPEG; for a ``judge_id`` only from that judge's own sheets."""
    picture: bytes | None = await connection.fetchval(
        """
        SELECT photograph.picture
        FROM photograph
        JOIN score_sheet ON score_sheet.id = photograph.sheet_id
        WHERE photograph.id = $1
            AND score_sheet.judge_id = coalesce($2, score_sheet.judge_id)
        """,
        photograph_id,
        judge_id,
    )
    return picture


# Verification ---------------------------------------------------------------------------------------------------------


async def altered_papers(connection: Connection, event_id: UUID) -> tuple[AlteredPaper, ...]:
    """The signatures and photographs of an event whose drawing or picture is gone or is not what the ledger says, in its order."""
    rows = await connection.fetch(
        """
        WITH entry AS (
            SELECT id, position, kind, body::jsonb AS said
            FROM ledger
            WHERE event_id = $1
                AND kind IN ('signature', 'photograph')
        ), kept AS (
            SELECT id, event_id, encode(sha256(convert_to(body, 'UTF8')), 'hex') AS digest,
                NULL AS sheet_id, NULL AS aspect, NULL::timestamptz AS taken_at
            FROM drawing
            WHERE event_id = $1
            UNION ALL
            SELECT id, event_id, encode(sha256(picture), 'hex'), sheet_id::text, aspect, taken_at
            FROM photograph
            WHERE event_id = $1
        )
        SELECT entry.position, entry.id, entry.kind, kept.id IS NULL AS is_missing
        FROM entry
        LEFT JOIN kept ON kept.id = entry.id
        WHERE (kept.digest, kept.sheet_id, kept.aspect, kept.taken_at) IS DISTINCT FROM (
            coalesce(entry.said ->> 'drawing_digest', entry.said ->> 'digest'),
            CASE entry.kind WHEN 'photograph' THEN entry.said ->> 'sheet_id' END,
            entry.said ->> 'aspect',
            (entry.said ->> 'taken_at')::timestamptz
        )
        ORDER BY entry.position
        """,
        event_id,
    )
    return tuple(AlteredPaper(**dict(row.items())) for row in rows)
