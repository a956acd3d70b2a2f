"""A message of a board as it goes out: encoded once, framed once for each way of listening, the same bytes for everybody. Pure."""

from __future__ import annotations

import zlib
from typing import Literal

import msgspec

from competition.plumbing.transport import Farewell
from schemas.base import Message
from schemas.boards import Patch, Row, Snapshot, Status
from scoreboards import wire

Way = Literal["socket", "deflated", "stream"]
"""How a viewer listens: over a WebSocket, plain or compressed, or to server-sent events."""

AGAIN_MILLISECONDS = 2000
"""After how long a browser opens a stream again that has ended."""

LAST_CHUNK = b"0\r\n\r\n"
FLUSH_MARK = b"\x00\x00\xff\xff"
"""What ends every flushed part of a compressed stream, and is left away on the wire (RFC 7692, section 7.2.1)."""

SERVICE_RESTART = Farewell(1012, "this server ends; come back at once")

_encoder = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical")
_kinds = {Snapshot: "snapshot", Patch: "patch", Status: "status"}


class Closed(Message):
    """Why a stream has ended that is not to be opened again, as a closing frame would tell."""

    code: int
    reason: str


class Frame:
    """One message, and what it is on the wire for who needs it."""

    __slots__ = ("_forms", "_message", "_text", "kind", "revision")

    def __init__(self, message: Snapshot[Row] | Patch[Row] | Status) -> None:
        self.kind = _kinds[type(message)]
        self.revision = message.revision
        self._message: Snapshot[Row] | Patch[Row] | Status | None = message
        self._text = b""
        self._forms: dict[Way, bytes] = {}

    @property
    def text(self) -> bytes:
        """Its JSON, encoded when it is first needed: a snapshot often is not."""
        if self._message is not None:
            self._text, self._message = _encoder.encode(self._message), None
        return self._text

    def to(self, way: Way) -> bytes:
        """Its bytes for those who listen in this way."""
        if way not in self._forms:
            self._forms[way] = self._form(way)
        return self._forms[way]

    def _form(self, way: Way) -> bytes:
        match way:
            case "socket":
                return wire.framed(self.text)
            case "deflated":
                return wire.framed(deflated(self.text), wire.LAST | wire.COMPRESSED | wire.TEXT)
            case "stream":
                return chunk(b"id: %d\n%s" % (self.revision, event(self.kind, self.text)))


def opening(way: Way) -> bytes:
    """What comes before the first message."""
    return chunk(b"retry: %d\n\n" % AGAIN_MILLISECONDS) if way == "stream" else b""


def ending(way: Way, farewell: Farewell) -> bytes:
    """What comes after the last message. A stream tells why only where it is not to be opened again."""
    if way != "stream":
        return wire.closing(farewell)
    if farewell == SERVICE_RESTART:
        return LAST_CHUNK
    closed = _encoder.encode(Closed(code=farewell.code, reason=farewell.reason))
    return chunk(event("closed", closed)) + LAST_CHUNK


def deflated(text: bytes) -> bytes:
    """A message compressed by itself."""
    compressor = zlib.compressobj(wbits=-wire.WINDOW_BITS)
    return (compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(FLUSH_MARK)


def event(kind: str, data: bytes) -> bytes:
    """One server-sent event; JSON has no line breaks."""
    return b"event: %s\ndata: %s\n\n" % (kind.encode(), data)


def chunk(data: bytes) -> bytes:
    """One part of a response whose length nobody knows (RFC 9112, section 7.1)."""
    return b"%x\r\n%s\r\n" % (len(data), data)
