"""A client of the boards: follows one for as long as it is asked to, over a WebSocket, and never shows what is not so.

It is an example, too: what it imports of Leitai are the words of ``schemas.boards``; a stranger's client needs no more than those.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from datetime import datetime
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import httpx
import msgspec
import websockets

from schemas.base import Message
from schemas.boards import ROWS, BoardHead, BoardStatus, Row, Snapshot
from schemas.problems import N_, Problem

SILENCE_SECONDS = 10.0
"""A board that says nothing for this long is not heard any more: it says something every few seconds."""

RETRY_FIRST_SECONDS = 0.25
RETRY_MOST_SECONDS = 2.0
NO_SUCH_BOARD = 4404
NO_SUCH_PASS = 4403
MOST_BYTES = 16 * 1024 * 1024

Connection = Literal["live", "reconnecting", "stale"]


class NotABoard(Problem):
    """The address answers, and not as a board does."""

    sentence = N_("There is no board at {url}. Give the address of its page, such as http://localhost:8000/boards/cnc.")


class BoardClosed(Problem):
    """The board was taken down, or its pass does not hold any more."""

    sentence = N_("The board at {url} was closed: it was taken down, or the pass in its address is no longer valid.")


class Address(Message):
    """Where a board is told: its state by HTTP, its stream by WebSocket."""

    page: str

    def state(self) -> str:
        """The address of the state."""
        return self._below("state")

    def live(self, since: int | None) -> str:
        """The address of the stream, from a revision on."""
        said = {} if since is None else {"since": str(since)}
        return self._below("live", **said).replace("http", "ws", 1)

    def _below(self, name: str, **query: str) -> str:
        parts = urlsplit(self.page)
        given = {key: value for key, value in parse_qsl(parts.query) if key == "pass"}
        return urlunsplit(
            (parts.scheme, parts.netloc, f"{parts.path.rstrip('/')}/{name}", urlencode(given | query), "")
        )


class Seen(Message):
    """What is known of a board, how well it is heard, and when it last said that this is so."""

    state: Snapshot[Row] | None
    connection: Connection
    heard_at: datetime | None


class _Heard(Message):
    """What any message says. The rows are read by the kind of the board."""

    type: str
    revision: int
    base: int | None = None
    at: datetime | None = None
    board: BoardHead | None = None
    status: BoardStatus | None = None
    rows: msgspec.Raw = msgspec.Raw(b"[]")
    gone: tuple[str, ...] = ()


_read = msgspec.json.Decoder(_Heard).decode
_read_rows = {kind: msgspec.json.Decoder(list[row]).decode for kind, row in ROWS.items()}  # type: ignore[valid-type]


def receive(state: Snapshot[Row] | None, message: bytes | str) -> tuple[Snapshot[Row] | None, bool]:
    """The state after a message, and whether something is missing in between, so that the state must be fetched.

    A snapshot is the truth. A patch fits only on its base; one that is older than what is known says nothing new.
    """
    heard = _read(message)
    match heard:
        case _Heard(type="snapshot", board=BoardHead() as board, at=datetime() as at):
            return Snapshot(board=board, revision=heard.revision, at=at, rows=_rows(heard, board)), False
        case _Heard(type="patch"):
            return _patched(state, heard)
        case _Heard(type="status"):
            return state, state is None or heard.revision > state.revision
    return state, False


async def follow(page: str, *, now: Callable[[], datetime]) -> AsyncGenerator[Seen, None]:
    """Everything that is to be shown of the board whose page this is, for ever.

    Raises ``NotABoard`` when there never was one, and ``BoardClosed`` when it is gone for good.
    """
    address = Address(page=page)
    state: Snapshot[Row] | None = await fetch(address)
    heard_at = now()
    failures = 0
    while True:
        try:
            async with websockets.connect(
                address.live(state.revision if state else None), max_size=MOST_BYTES
            ) as socket:
                while True:
                    async with asyncio.timeout(SILENCE_SECONDS):
                        message = await socket.recv()
                    state, is_gap = receive(state, message)
                    if is_gap:
                        state = await fetch(address)
                    failures, heard_at = 0, now()
                    yield Seen(state=state, connection="live", heard_at=heard_at)
        except websockets.ConnectionClosed as closed:
            if closed.rcvd and closed.rcvd.code in (NO_SUCH_BOARD, NO_SUCH_PASS):
                raise BoardClosed(url=page) from closed
        except (OSError, TimeoutError, websockets.WebSocketException, httpx.HTTPError):
            pass  # the network is away: it is told below, and tried again
        is_stale = (now() - heard_at).total_seconds() >= SILENCE_SECONDS
        yield Seen(state=state, connection="stale" if is_stale else "reconnecting", heard_at=heard_at)
        # Longer each time, and never all followers in the same instant.
        wait = min(RETRY_FIRST_SECONDS * 2**failures, RETRY_MOST_SECONDS)
        await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing
        failures += 1


async def fetch(address: Address) -> Snapshot[Row]:
    """The state by HTTP. Raises ``NotABoard`` where there is none, and httpx's errors where the network is away."""
    async with httpx.AsyncClient(timeout=SILENCE_SECONDS) as client:
        answer = await client.get(address.state())
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        answer.raise_for_status()
    try:
        state, _ = receive(None, answer.content if answer.is_success else b"null")
    except msgspec.DecodeError as wrong:
        raise NotABoard(url=address.page) from wrong
    if state is None:
        raise NotABoard(url=address.page)
    return state


def _patched(state: Snapshot[Row] | None, heard: _Heard) -> tuple[Snapshot[Row] | None, bool]:
    if state is None or heard.base is None or heard.base > state.revision:
        return state, True
    if heard.revision <= state.revision:
        return state, False
    if heard.base < state.revision:
        return state, True
    rows = {row.code: row for row in (*state.rows, *_rows(heard, state.board)) if row.code not in heard.gone}
    ordered = tuple(sorted(rows.values(), key=lambda row: row.place))
    return msgspec.structs.replace(state, revision=heard.revision, at=heard.at or state.at, rows=ordered), False


def _rows(heard: _Heard, board: BoardHead) -> tuple[Row, ...]:
    return tuple(_read_rows[board.kind](heard.rows))
