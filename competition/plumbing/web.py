"""The edge that every answer passes: language, security headers; and the check of where a socket was opened from."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from competition.plumbing.locale import COOKIE, negotiate, speaking

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "worker-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def policy(**others: str) -> str:
    """The strict content security policy, but for what is said otherwise: ``policy(frame_src="'self'")``."""
    said = STRICT | {name.replace("_", "-"): sources for name, sources in others.items()}
    return "; ".join(f"{name} {sources}" for name, sources in said.items())


CONTENT_SECURITY_POLICY = (b"content-security-policy", policy().encode())
HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
NO_STORE = (b"cache-control", b"no-store")
CUSTOMER_BITS = 64
"""The part of an IPv6 address that tells customers apart; the rest each of them chooses at will."""

PRIVATE = ("/desk", "/judge", "/screen")
"""Where what only some may see is shown: no browser or proxy keeps it, unless the answer itself says otherwise."""


class Edge:
    """Wraps an ASGI app: each request is answered in its reader's language and each answer carries the security headers.

    Answers under ``PRIVATE`` are not to be stored. An answer may have a policy of its own, such as one that may be framed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, in its reader's language; sockets and the lifespan pass as they are."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return

        is_private = any(scope["path"] == door or scope["path"].startswith(f"{door}/") for door in PRIVATE)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                usual = (CONTENT_SECURITY_POLICY, NO_STORE) if is_private else (CONTENT_SECURITY_POLICY,)
                own = (header for header in usual if header[0] not in said)
                message["headers"] = [*message["headers"], *HEADERS, *own]
            await send(message)

        headers = dict(scope["headers"])
        chosen = chosen_language(headers.get(b"cookie", b"").decode("latin-1"))
        with speaking(negotiate(chosen, headers.get(b"accept-language", b"").decode("latin-1"))):
            await self.app(scope, receive, send_guarded)


def chosen_language(cookies: str) -> str | None:
    """The reader's own choice among a request's cookies; whatever else another program on this host may have left there."""
    pairs = (cookie.strip().partition("=") for cookie in cookies.split(";"))
    return next((value.strip('"') for name, _, value in pairs if name == COOKIE), None)


def asked_from(host: str | None) -> str:
    """What counts as one place that requests come from, by the address of a client: of IPv6 the network that one customer has.

    Behind a trusted proxy the server has put in the address that the proxy forwarded; whoever else sends one is not believed.
    """
    try:
        address = ip_address(host or "")
    except ValueError:
        return host or ""
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or IPv6Network((address, CUSTOMER_BITS), strict=False))


def is_same_origin(origin: str | None, host: str, base_url: str | None) -> bool:
    """Whether a browser page at ``origin`` belongs to this server; programs send no Origin and are no browser's victim."""
    if origin is None:
        return True
    return origin.partition("://")[2] == host != "" or origin == base_url
