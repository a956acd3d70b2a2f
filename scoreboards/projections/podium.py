"""A reveal up to its step, and for the presenter what the next step brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from schemas.base import Text
from schemas.boards import BoardAward, PodiumRow, Prompt, RevealStage
from schemas.staging import RevealStep
from scoreboards.facts import BoardSign, Projection
from scoreboards.projections import Act, Sight, head_of


def podium(sign: BoardSign, sight: Sight) -> Projection:
    """Everybody revealed so far; nothing while the curtain is closed."""
    head, act = head_of(sign, sight, "podium"), sight.act
    if act is None:
        return Projection(head=head, revision=sight.revision, rows=())
    return Projection(
        head=msgspec.structs.replace(head, awards=act.awards, reveal=_stage(act), prompt=_prompt(act.following)),
        revision=sight.revision,
        rows=_rows(act.revealed, act.awards),
    )


def _stage(act: Act) -> RevealStage:
    now = act.revealed[-1] if act.revealed else RevealStep(heading=Text(), rows=())
    return RevealStage(
        step=len(act.revealed),
        steps=act.steps,
        is_paused=act.is_paused,
        heading=now.heading,
        codes=tuple(row.code for row in now.rows),
    )


def _prompt(following: RevealStep | None) -> Prompt | None:
    return Prompt(heading=following.heading, rows=following.rows) if following else None


def _rows(revealed: Iterable[RevealStep], awards: Sequence[BoardAward]) -> tuple[PodiumRow, ...]:
    """One row for each, in order of place; who was revealed for several awards has them all."""
    rows: dict[str, PodiumRow] = {}
    for row in (row for step in revealed for row in step.rows):
        before = rows[row.code].awards if row.code in rows else ()
        held = tuple(award.id for award in awards if award.id in (*before, *row.awards))
        rows[row.code] = msgspec.structs.replace(row, awards=held)
    return tuple(sorted(rows.values(), key=lambda row: row.place))
