"""What a form did is said once, on the page that its redirect leads to: `done` sends it there, `told` is what that page says.

A cookie of that one page carries it, sealed so that no other program on this host can put words into ours, and as an English
msgid, so that its reader has it in their own language. The page that showed it takes the cookie away: a reload says nothing.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import InvalidTag
from litestar import Request
from litestar.datastructures import Cookie
from litestar.response import Redirect
from litestar.types import Message as Sent
from litestar.types import Scope

from competition.plumbing.locale import translate
from competition.plumbing.sealing import Sealer
from schemas.base import Message, Text, canonical

LASTS = 60
"""For how many seconds the page may be on its way."""

BY_SCRIPT = "x-leitai-script"
"""What a script of ours says of its requests: it shows itself what came of them, and must not take what the reader is to see."""

TOLD = "leitai_told"
"""Where a request keeps for which page the sentence was taken."""

AnyRequest = Request[Any, Any, Any]


class Told(Message):
    """A sentence for the top of a page, and the step that comes next where there is one: an address and what it is called."""

    sentence: str
    address: str = ""
    step: str = ""


class Carried(Message):
    """What the cookie holds: for which page, which msgids, filled with which facts."""

    page: str
    sentence: str
    facts: dict[str, str | int | Text]
    address: str
    step: str


_decoder = msgspec.json.Decoder(Carried)


def done(
    request: AnyRequest, address: str, sentence: str, then: tuple[str, str] = ("", ""), /, **facts: str | int | Text
) -> Redirect:
    """Lead to the page at ``address``, which says ``sentence`` once, and what is to be done ``then`` (address and msgid)."""
    if BY_SCRIPT in request.headers:
        return Redirect(address, status_code=303)
    path = urlsplit(address).path
    carried = Carried(page=path, sentence=sentence, facts=facts, address=then[0], step=then[1])
    sealed = urlsafe_b64encode(_sealer(request).seal(canonical(carried).decode())).decode().rstrip("=")
    cookie = Cookie(
        key=cookie_of(path),
        value=sealed,
        path=path,
        max_age=LASTS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return Redirect(address, status_code=303, cookies=[cookie])


def told(request: AnyRequest) -> Told | None:
    """What this page is to say of the form that led to it; asking takes it away, see ``take_away``."""
    sealed = request.cookies.get(cookie_of(request.url.path))
    if not sealed or request.method != "GET" or BY_SCRIPT in request.headers:
        return None
    try:
        carried = _decoder.decode(_sealer(request).open(urlsafe_b64decode(f"{sealed}==")))
    except (ValueError, InvalidTag):  # not ours, or of a server with another key
        return None
    if carried.page != request.url.path:
        return None
    request.scope["state"][TOLD] = carried.page
    step = translate(carried.step) if carried.step else ""
    return Told(sentence=translate(carried.sentence, **carried.facts), address=carried.address, step=step)


def cookie_of(page: str) -> str:
    """The name of the cookie for a page: one for each, since a browser sends those of the pages above it as well."""
    return f"leitai_done_{hashlib.sha256(page.encode()).hexdigest()[:8]}"


async def take_away(message: Sent, scope: Scope) -> None:
    """Before an answer is sent: let the browser forget what its page has just told."""
    page = scope.get("state", {}).get(TOLD)
    if page and message["type"] == "http.response.start":
        header = f'{cookie_of(page)}=""; Path={page}; Max-Age=0; HttpOnly; SameSite=lax'
        message["headers"] = [*message["headers"], (b"set-cookie", header.encode())]


def _sealer(request: AnyRequest) -> Sealer:
    return cast("Sealer", request.app.state.sealer)
