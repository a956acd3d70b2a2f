"""How competitions dress their boards: the addresses of a theme's colours and of a logo."""

from __future__ import annotations

import hashlib
from typing import cast
from uuid import UUID

from litestar import Response, get
from litestar.datastructures import State
from litestar.params import FromPath

from competition.plumbing.database import Pool
from schemas.boards import Theme
from schemas.problems import N_, NotFound
from scoreboards import store
from scoreboards.colours import stylesheet
from scoreboards.pages import AnyRequest, has_seen

FOREVER = "public, max-age=31536000, immutable"
WEBP = b"RIFF"


class NoSuchLogo(NotFound):
    """The address names no logo in use."""

    sentence = N_("There is no such logo. Reload the board to get the one of today.")


@get("/boards/themes/{file:str}", media_type="text/css")
async def theme_colours(request: AnyRequest, state: State, file: FromPath[str]) -> Response[bytes]:
    """The colours of a competition's boards; nothing where it chose none."""
    competition_id = _competition_of(file)
    theme = None
    if competition_id:
        async with cast("Pool", state.pool).acquire() as connection:
            theme = await store.theme_of(connection, competition_id)
    content = stylesheet(theme or Theme()).encode()
    headers = {"ETag": f'"{hashlib.sha256(content).hexdigest()[:16]}"', "Cache-Control": "no-cache"}
    if has_seen(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(b"", status_code=304, headers=headers)
    return Response(content, media_type="text/css", headers=headers)


@get("/boards/logos/{digest:str}", media_type="image/png")
async def logo(state: State, digest: FromPath[str]) -> Response[bytes]:
    """A logo by its digest: whatever is at this address never changes."""
    async with cast("Pool", state.pool).acquire() as connection:
        picture = await store.logo_of(connection, digest)
    if picture is None:
        raise NoSuchLogo
    kind = "image/webp" if picture.startswith(WEBP) else "image/png"
    return Response(picture, media_type=kind, headers={"Cache-Control": FOREVER})


HANDLERS = (theme_colours, logo)


def _competition_of(file: str) -> UUID | None:
    try:
        return UUID(file.removesuffix(".css"))
    except ValueError:
        return None
