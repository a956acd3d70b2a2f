"""The pages of the judge's tablet app: without anybody's data, so that a tablet keeps them; and what makes it an app."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from competition.judging import store
from competition.judging.app_files import app_files, app_version, modules_of
from competition.judging.snapshot import REASONS
from competition.ledger.actions import read_book
from competition.plumbing.database import Connection
from competition.plumbing.locale import translate
from competition.plumbing.templating import page
from competition.scoring.guide import Guide, guide_to
from schemas.access import Person
from schemas.aspects import Measurement
from schemas.base import Message
from schemas.marks import CorrectionReason
from schemas.problems import N_
from schemas.scheme import Criterion, SubCriterion

VERSION_HEADER = "x-leitai-version"
"""Carried by every page of the app: what a venue's wifi answers in its place has none, and is never kept."""

AnyRequest = Request[Person, Any, Any]


class App(Message):
    """What every page of the app knows of it: its version, and the modules that this page's script needs."""

    version: str
    modules: tuple[str, ...]


class AppPage(Message):
    """A page of the app that knows nothing else."""

    app: App


class FormPage(Message):
    """The form of one sub-criterion, for whichever entrant: what is to be marked, and a guide to each measured aspect."""

    app: App
    event_id: UUID
    scheme_digest: str
    sub_criterion: SubCriterion
    criterion: Criterion
    guides: dict[str, Guide]
    reasons: tuple[CorrectionReason, ...]
    time_zone: str


@get("/judge", may="mark")
async def tablet_page() -> Template:
    """The list of sheets, to be filled on the tablet."""
    return _app_page("tablet.html", AppPage(app=_app("tablet.js")))


@get("/judge/outbox", may="mark")
async def outbox_page() -> Template:
    """What waits on the tablet, to be filled there."""
    return _app_page("outbox.html", AppPage(app=_app("outbox-page.js")))


@get("/judge/forms/{event_id:uuid}/{scheme_digest:str}/{sub_criterion:str}", may="mark")
async def form_page(
    request: AnyRequest,
    connection: NamedDependency[Connection],
    state: State,
    event_id: FromPath[UUID],
    scheme_digest: FromPath[str],
    sub_criterion: FromPath[str],
) -> Template | Redirect:
    """The form of one sub-criterion that the asker marks; back to the list where the scheme is another by now."""
    own = await store.sheets_of_judge(connection, request.user.id)
    if not any((sheet.event_id, sheet.sub_criterion) == (event_id, sub_criterion) for sheet in own):
        return Redirect("/judge", status_code=303)
    book = await read_book(connection, state.shelf, event_id)
    parts = ((criterion, sub) for criterion in book.scheme.criteria() for sub in criterion.sub_criteria)
    criterion, sub = next(((one, sub) for one, sub in parts if sub.id == sub_criterion), (None, None))
    if criterion is None or sub is None or book.scheme_digest != scheme_digest:
        return Redirect("/judge", status_code=303)
    [event] = await store.events_with(connection, [event_id])
    content = FormPage(
        app=_app("sheet.js"),
        event_id=event_id,
        scheme_digest=scheme_digest,
        sub_criterion=sub,
        criterion=criterion,
        guides={aspect.id: guide_to(aspect) for aspect in sub.aspects if isinstance(aspect, Measurement)},
        reasons=REASONS,
        time_zone=event.time_zone,
    )
    return _app_page("sheet.html", content)


@get("/judge/worker.js", may="mark")
async def worker() -> Template:
    """The service worker, which keeps the app's files and pages on the tablet."""
    return Template(
        template_name="worker.js",
        context={"version": app_version(), "version_header": VERSION_HEADER, "files": app_files()},
        media_type="text/javascript",
        headers={"Service-Worker-Allowed": "/judge", "Cache-Control": "no-cache"},
    )


@get("/judge/manifest.webmanifest", may="mark")
async def manifest() -> Response[bytes]:
    """What makes the pages an app that can be installed, in the reader's language."""
    icons = [
        {"src": "/static/mark.svg", "type": "image/svg+xml", "sizes": "any"},
        {"src": "/static/judge/icon-192.png", "type": "image/png", "sizes": "192x192", "purpose": "any maskable"},
        {"src": "/static/judge/icon-512.png", "type": "image/png", "sizes": "512x512", "purpose": "any maskable"},
    ]
    told = {
        "id": "/judge",
        "name": translate(N_("Leitai: judge's tablet")),
        "short_name": translate(N_("Leitai judge")),
        "start_url": "/judge",
        "scope": "/judge",
        "display": "standalone",
        "background_color": "#eef1f3",
        "theme_color": "#ffffff",
        "icons": icons,
    }
    return Response(
        msgspec.json.encode(told), media_type="application/manifest+json", headers={"Cache-Control": "no-cache"}
    )


HANDLERS = (tablet_page, outbox_page, form_page, worker, manifest)


def _app(script: str) -> App:
    return App(version=app_version(), modules=modules_of(script))


def _app_page(template: str, content: AppPage | FormPage) -> Template:
    answer = page(template, content)
    answer.headers[VERSION_HEADER] = app_version()
    return answer
