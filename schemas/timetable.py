"""Timetable: sessions, benches and the published draw."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from schemas.base import Message, Text

DRAW_METHOD: Literal["leitai-draw-1"] = "leitai-draw-1"


class Session(Message):
    """A batch of entrants who compete at the same time."""

    id: UUID
    number: int
    starts_at: datetime
    ends_at: datetime


class DrawnPlace(Message):
    """What the draw gave one contestant number."""

    number: int
    session: int
    bench: int
    code: str


class Draw(Message):
    """A whole draw: with ``seed``, ``numbers``, ``sessions`` and ``benches`` anyone computes ``places`` again.

    ``commitment`` is the SHA-256 of ``nonce:seed``. It is published at once; seed, nonce and places while marking is blind are
    published only with the results, since they would tell whose code is whose. The ``nonce`` (32 hexadecimal digits by chance)
    keeps anybody from finding a short seed, such as three dice, by trying all of them against the commitment. It decides no
    place: the order of the draw depends on the seed alone, so that nobody can bend the draw by choosing a nonce.
    """

    method: Literal["leitai-draw-1"]
    seed: str
    nonce: str
    commitment: str
    numbers: tuple[int, ...]
    sessions: int
    benches: int
    places: tuple[DrawnPlace, ...]


class PublicDraw(Message):
    """A draw as everybody may see it, at once: ``seed``, ``nonce`` and ``places`` are None until they may be told.

    ``holds`` is False when the places were drawn again, or sessions laid anew, after it.
    """

    id: UUID
    competition: Text
    event: Text
    drawn_at: datetime
    holds: bool
    method: Literal["leitai-draw-1"]
    commitment: str
    numbers: tuple[int, ...]
    sessions: int
    benches: int
    seed: str | None
    nonce: str | None
    places: tuple[DrawnPlace, ...] | None
