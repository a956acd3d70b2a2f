"""A scheme as files to take away: the canonical JSON, TOML, Leitai's workbook, and CIS's where it can say the scheme."""

from __future__ import annotations

import re
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from competition.plumbing.database import Connection
from competition.plumbing.locale import current_language
from competition.schemes import store
from competition.schemes.cis.writer import write_cis
from competition.schemes.template import write_template
from competition.schemes.text_file import write_toml
from schemas.base import canonical
from schemas.problems import NotFound
from schemas.scheme import Scheme
from schemas.scheme_form import plain

JSON = "application/json"
TOML = "application/toml"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@get("/desk/events/{event_id:uuid}/scheme.json", may="see_desk")
async def scheme_file(connection: NamedDependency[Connection], event_id: FromPath[UUID]) -> Response[bytes]:
    """The scheme as the very bytes that its hash is taken of."""
    scheme = await _scheme(connection, event_id)
    return _file(canonical(plain(scheme)), JSON, f"{_name(scheme)}.json")


@get("/desk/events/{event_id:uuid}/scheme.toml", may="see_desk")
async def scheme_toml(connection: NamedDependency[Connection], event_id: FromPath[UUID]) -> Response[bytes]:
    """The scheme as a file that a person edits."""
    scheme = await _scheme(connection, event_id)
    return _file(write_toml(scheme), TOML, f"{_name(scheme)}.toml")


@get("/desk/events/{event_id:uuid}/scheme.xlsx", may="see_desk")
async def scheme_workbook(connection: NamedDependency[Connection], event_id: FromPath[UUID]) -> Response[bytes]:
    """The scheme as Leitai's workbook, in the reader's language."""
    scheme = await _scheme(connection, event_id)
    return _file(write_template(scheme, current_language()), WORKBOOK, f"{_name(scheme)}.xlsx")


@get("/desk/events/{event_id:uuid}/scheme/cis.xlsx", may="see_desk")
async def scheme_cis(connection: NamedDependency[Connection], event_id: FromPath[UUID]) -> Response[bytes]:
    """The scheme as a CIS workbook; what CIS cannot say is a problem."""
    scheme = await _scheme(connection, event_id)
    return _file(write_cis(scheme), WORKBOOK, f"{_name(scheme)}-cis.xlsx")


@get("/desk/events/{event_id:uuid}/scheme/empty.xlsx", may="see_desk")
async def empty_workbook(event_id: FromPath[UUID]) -> Response[bytes]:  # noqa: ARG001 - the address of an event
    """Leitai's workbook with an example in each sheet, to fill in."""
    return _file(write_template(None, current_language()), WORKBOOK, "leitai-scheme.xlsx")


HANDLERS = (scheme_file, scheme_toml, scheme_workbook, scheme_cis, empty_workbook)


async def _scheme(connection: Connection, event_id: UUID) -> Scheme:
    stored = await store.scheme_of(connection, event_id)
    if stored is None:
        raise NotFound
    return stored.scheme


def _name(scheme: Scheme) -> str:
    return re.sub(r"[^A-Za-z0-9._-]+", "-", f"{scheme.code}-{scheme.version}").strip("-") or "scheme"


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    disposition = f'attachment; filename="{name}"'
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})
