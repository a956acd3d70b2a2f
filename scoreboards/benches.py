"""What a board of benches shows at a moment. Pure, and the same in ``static/kinds/bench-scene.js``: one table tests both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from competition.plumbing import countdown
from schemas.base import Message
from schemas.boards import BenchRow, BoardHead, BoardSession


class BenchScene(Message):
    """The session that is looked at, and who works in it.

    ``left`` and ``spent`` are seconds of its clock, ``spent`` never more than there are; ``going_on`` counts the benches that still
    have time when the session's is up.
    """

    session: BoardSession
    phase: countdown.Phase
    left: int
    spent: int
    ends_at: datetime
    going_on: int
    rows: tuple[BenchRow, ...]


def bench_scene(head: BoardHead, rows: Sequence[BenchRow], now: datetime) -> BenchScene | None:
    """The scene of a board at a moment; None while there is no session."""
    extras: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        extras[row.session] = max(extras[row.session], row.extra)
    session = countdown.of_the_hour(head.sessions, now, extras)
    if session is None:
        return None
    phase = countdown.phase(session, now)
    left = countdown.seconds_left(session, now)
    here = tuple(row for row in rows if row.session == session.number)
    return BenchScene(
        session=session,
        phase=phase,
        left=left,
        spent=min(max(session.seconds - left, 0), session.seconds),
        ends_at=countdown.ends_at(session, now),
        going_on=sum(left + row.extra > 0 for row in here) if phase == "over" else 0,
        rows=here,
    )


def extra_face(row: BenchRow, scene: BenchScene) -> str:
    """What a bench's own clock says: what it has more than the session, or, once that is over, what it has left; else nothing."""
    if row.extra == 0:
        return ""
    own = scene.left + row.extra
    if scene.phase == "over":
        return countdown.face(own) if own > 0 else ""
    return f"{'+' if row.extra > 0 else '−'}{countdown.face(abs(row.extra))}"
