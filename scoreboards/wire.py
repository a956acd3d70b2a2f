"""The few words of the WebSocket protocol (RFC 6455) that a viewer and a board exchange beside the board's own messages. Pure.

A viewer has nothing to say but pings, pongs and its farewell. Everything else ends the conversation at its first two bytes: no
message of a viewer is ever kept, however long it claims to be.
"""

from __future__ import annotations

from typing import NamedTuple

from websockets.exceptions import InvalidHeader, NegotiationError
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.headers import build_extension, parse_extension

from competition.plumbing.transport import UNWANTED_WORDS, Farewell

TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
LAST, COMPRESSED, RESERVED = 0x80, 0x40, 0x30
MASKED = 0x80
LEAST_BYTES = 2
MASK_BYTES = 4
MOST_CONTROL_BYTES = 125
ONE_MORE, FOUR_MORE = 126, 127
"""What stands for the length where it follows in two or in eight bytes."""

NORMAL, GOING_AWAY, PROTOCOL_ERROR, NOT_TEXT = 1000, 1001, 1002, 1007
CODES = frozenset({1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)})
"""What may stand in a closing frame."""

WINDOW_BITS = 12
"""How far back compression looks: 4 KB, several rows of a board. All get the same bytes, so it is what most can take."""

SPEAKS = Farewell(UNWANTED_WORDS, "only the server speaks here")
_factory = ServerPerMessageDeflateFactory(
    server_no_context_takeover=True, client_no_context_takeover=True, server_max_window_bits=WINDOW_BITS
)


class Heard(NamedTuple):
    """What a viewer's bytes come to.

    ``rest`` is the begin of what has not wholly arrived: never more than one control frame. ``ping`` is the last ping's payload,
    which alone need be answered (section 5.5.3). ``farewell`` is how the conversation is to be ended, by whoever's fault or wish.
    """

    rest: bytes
    ping: bytes | None = None
    farewell: bytes | None = None


def agreed_on_compression(offers: str) -> str | None:
    """What to answer a viewer's extension header where it lets one compressed frame serve all; else None.

    Each message is compressed by itself (``server_no_context_takeover``), within the least window (RFC 7692).
    """
    try:
        extensions = parse_extension(offers)
    except InvalidHeader:
        return None
    for name, asked in extensions:
        if name != _factory.name:
            continue
        try:
            agreed, _ = _factory.process_request_params(asked, [])
        except NegotiationError:
            continue
        if ("server_max_window_bits", str(WINDOW_BITS)) in agreed:
            return build_extension([(name, agreed)])
    return None


def framed(payload: bytes, first: int = LAST | TEXT) -> bytes:
    """One frame from the server, by default a text; ``first`` is its first byte."""
    size = len(payload)
    if size <= MOST_CONTROL_BYTES:
        return bytes((first, size)) + payload
    if size < 1 << 16:
        return bytes((first, ONE_MORE)) + size.to_bytes(2) + payload
    return bytes((first, FOUR_MORE)) + size.to_bytes(8) + payload


def pong(payload: bytes) -> bytes:
    """The answer to a ping."""
    return framed(payload, LAST | PONG)


def closing(farewell: Farewell | None) -> bytes:
    """A closing frame; without a ``farewell`` it says nothing."""
    payload = farewell.code.to_bytes(2) + farewell.reason.encode() if farewell else b""
    return framed(payload, LAST | CLOSE)


def read(heard: bytes, *, is_compressed: bool) -> Heard:
    """Take a viewer's frames apart, up to the one that ends the conversation; ``is_compressed`` as was agreed."""
    ping = None
    while len(heard) >= LEAST_BYTES:
        first, second = heard[0], heard[1]
        if fault := _fault(first, second, is_compressed=is_compressed):
            return Heard(b"", ping, closing(fault))
        begin = LEAST_BYTES + MASK_BYTES
        end = begin + (second & ~MASKED)
        if len(heard) < end:
            break
        payload = _unmasked(heard[begin:end], heard[LEAST_BYTES:begin])
        heard = heard[end:]
        match first & 0xF:
            case 0x9:  # a ping
                ping = payload
            case 0x8:  # its farewell
                return Heard(b"", ping, closing(_answer(payload)))
    return Heard(heard, ping)


def _fault(first: int, second: int, *, is_compressed: bool) -> Farewell | None:
    """Why a frame that begins so is not heard; None for a control frame as it should be."""
    opcode = first & 0xF
    is_control = opcode in (CLOSE, PING, PONG)
    if not second & MASKED:
        return Farewell(PROTOCOL_ERROR, "a frame without a mask")
    if first & RESERVED or (first & COMPRESSED and (is_control or not is_compressed)):
        return Farewell(PROTOCOL_ERROR, "a reserved bit")
    if opcode in (0x1, 0x2):
        return SPEAKS
    if not is_control:
        return Farewell(PROTOCOL_ERROR, "a frame out of place")
    if not first & LAST or (second & ~MASKED) > MOST_CONTROL_BYTES:
        return Farewell(PROTOCOL_ERROR, "a control frame in parts")
    return None


def _answer(payload: bytes) -> Farewell | None:
    """What a closing frame is answered with: the same code, or what is wrong with it."""
    if not payload:
        return None
    code = int.from_bytes(payload[:2])
    if len(payload) < LEAST_BYTES or code not in CODES:
        return Farewell(PROTOCOL_ERROR, "a code out of place")
    try:
        payload[2:].decode()
    except UnicodeDecodeError:
        return Farewell(NOT_TEXT, "a reason that is no text")
    return Farewell(code, "")


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    return bytes(byte ^ mask[i % MASK_BYTES] for i, byte in enumerate(payload))
