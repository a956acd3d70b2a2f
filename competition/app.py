"""The composition root: the contest and the boards as one program, its routes, its life, its edge."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast
from uuid import UUID

from litestar import Litestar, get
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.response import Template
from litestar.router import Router
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp, Receive, Scope, Send

import competition
from competition.access import account_pages as accounts
from competition.access import guards
from competition.access import pages as access
from competition.access.doubts import Doubts
from competition.access.rules import ANYONE, may
from competition.amendments import pages as amendments
from competition.exports import pages as exports
from competition.judging import app_pages, hall_pages, paper_pages
from competition.judging import desk_pages as judges
from competition.judging import pages as judging
from competition.judging.commits import SharedCommits
from competition.judging.hall import Hall
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.background import running
from competition.plumbing.database import Connection, Pool, open_pool
from competition.plumbing.errors import EXCEPTION_HANDLERS, MOST_MEGABYTES
from competition.plumbing.heads import asked_whole
from competition.plumbing.listening import HALL, REVISIONS, Listener, read_notice
from competition.plumbing.sealing import Sealer
from competition.plumbing.settings import Settings
from competition.plumbing.templating import SHARED_STATIC, SHARED_TEMPLATES, page, template_config
from competition.plumbing.web import Edge
from competition.plumbing.web_done import take_away, told
from competition.registration import pages as registration
from competition.registration import roster_pages as rosters
from competition.results import closing_pages as closing
from competition.results import pages as results
from competition.results.store import Board
from competition.results.store import boards as boards_open
from competition.schemes import pages as schemes
from competition.staging import (
    board_pages,
    display_pages,
    freeze_pages,
    pass_pages,
    reveal_door,
    reveal_pages,
    theme_pages,
)
from competition.staging.keeper import KEEPER, Keeper
from competition.staging.screens import Newest, Screens
from competition.timetable import clock_pages as clocks
from competition.timetable import pages as timetable
from schemas.base import Message
from scoreboards.app import create_scoreboards
from scoreboards.hub import Hub

POOL_SIZE = 10
KEEPER_POOL_SIZE = 2
"""What works beside requests has connections of its own: it holds one to be alone at its work, and writes by another."""

AT_THE_DOOR = 2
"""How many passwords and PINs are checked at once: hashing them is dear on purpose, and marks share the machine."""

MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
BOARDS = "/boards"
NOT_COMPRESSED = "^/(?!static/|judge$|judge/(?:forms|outbox|sheets|worker))([a-z]|$)"
"""Compressed is only what the tablet keeps: pages with a form's token never are, which their length could tell."""


class Health(Message):
    """What a probe wants to know."""

    status: str
    version: str
    database: str


@get("/healthz", may=ANYONE)
async def healthz(state: State) -> Health:
    """200 once the database answers."""
    async with cast("Pool", state.pool).acquire() as connection:
        version = await connection.fetchval("SHOW server_version")
    return Health(status="ok", version=competition.__version__, database=f"PostgreSQL {version}")


class IndexPage(Message):
    """The first page: where boards, desk and tablets are."""

    boards: tuple[Board, ...]


@get("/", may=ANYONE)
async def index(connection: NamedDependency[Connection]) -> Template:
    """The first page."""
    return page("index.html", IndexPage(boards=await boards_open(connection)))


def create_app(settings: Settings, dsn: str) -> ASGIApp:
    """The whole program: the contest, and the boards beside it, behind one edge."""
    boards = create_scoreboards(dsn, base_url=settings.base_url)
    contest = create_contest(settings, dsn, beside=boards)

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")  # the lifespan has none
        is_board = path == BOARDS or path.startswith(f"{BOARDS}/")
        await (boards if is_board else contest)(asked_whole(scope), receive, send)

    return Edge(dispatch)


def create_contest(settings: Settings, dsn: str, *, beside: Litestar) -> Litestar:
    """The contest's own app; the app ``beside`` it lives as long."""

    @asynccontextmanager
    async def life(app: Litestar) -> AsyncIterator[None]:
        async with (
            await open_pool(dsn, "leitai_app", most=POOL_SIZE) as pool,
            await open_pool(dsn, "leitai_app", most=KEEPER_POOL_SIZE, name=KEEPER) as keeper_pool,
            beside.lifespan(),
        ):
            app.state.pool = pool
            app.state.commits = SharedCommits(pool, app.state.shelf)
            app.state.hall = hall = Hall(pool, app.state.shelf, now=clock.now)
            app.state.screens = screens = Screens(now=clock.now, newest=newest_of(beside))
            keeper = Keeper(keeper_pool, app.state.shelf, now=clock.now)

            def moved(event: str) -> None:
                event_id = UUID(event)
                hall.moved(event_id)
                keeper.moved(event_id)

            def heard(said: str) -> None:
                notice = read_notice(said)
                if notice.what == "account":
                    app.state.doubts.ring()
                else:
                    (screens if notice.what == "display" else hall).notice(notice)

            def missed() -> None:
                hall.missed()
                screens.missed()
                app.state.doubts.ring()

            async def poll(connection: Connection) -> None:
                await hall.poll(connection)
                await keeper.poll(connection)

            listener = Listener(
                dsn,
                "leitai_app",
                hear={REVISIONS: moved, HALL: heard},
                poll=poll,
                missed=missed,
            )
            async with running(hall.run, hall.notes.run, keeper.run, listener.run):
                yield
            await app.state.commits.close()

    return Litestar(
        route_handlers=[
            healthz,
            index,
            *access.HANDLERS,
            *accounts.HANDLERS,
            *registration.HANDLERS,
            *rosters.HANDLERS,
            *schemes.HANDLERS,
            *timetable.HANDLERS,
            *clocks.HANDLERS,
            *judging.HANDLERS,
            *app_pages.HANDLERS,
            *hall_pages.HANDLERS,
            *paper_pages.HANDLERS,
            *judges.HANDLERS,
            *results.HANDLERS,
            *closing.HANDLERS,
            *board_pages.HANDLERS,
            *theme_pages.HANDLERS,
            *freeze_pages.HANDLERS,
            *pass_pages.HANDLERS,
            *reveal_door.HANDLERS,
            *reveal_pages.HANDLERS,
            *display_pages.HANDLERS,
            *amendments.HANDLERS,
            *exports.HANDLERS,
            create_static_files_router("/static", [SHARED_STATIC], opt={"may": ANYONE}, include_in_schema=False),
        ],
        guards=[guards.authorise],
        dependencies={"connection": Provide(provide_connection)},
        exception_handlers=EXCEPTION_HANDLERS,
        template_config=template_config([SHARED_TEMPLATES], static="/static", names={"may": may, "told": told}),
        compression_config=CompressionConfig(backend="gzip", gzip_compress_level=4, exclude=NOT_COMPRESSED),
        csrf_config=CSRFConfig(
            secret=hashlib.sha256(b"csrf" + settings.secret).hexdigest(),
            cookie_name="leitai_csrf",
            cookie_secure=(settings.base_url or "").startswith("https:"),
        ),
        openapi_config=OpenAPIConfig(
            title="Leitai",
            version=competition.__version__,
            render_plugins=[JsonRenderPlugin(path="/openapi.json")],
            openapi_router=Router("/api", route_handlers=[], opt={"may": ANYONE}),
        ),
        lifespan=[life],
        before_send=[take_away],
        logging_config=None,
        state=State(
            {
                "settings": settings,
                "shelf": Shelf(),
                "door": asyncio.Semaphore(AT_THE_DOOR),
                "sealer": Sealer(settings.secret),
                "doubts": Doubts(),
            }
        ),
        request_max_body_size=MOST_BYTES,
    )


def newest_of(boards: Litestar) -> Newest:
    """What tells the newest public revision of a board, or of an entrant's page of it, as its viewers have it."""

    async def newest(board_id: str, entrant: str | None) -> int | None:
        board = await cast("Hub", boards.state.hub).board(board_id, entrant=entrant)
        return board.state.revision if board else None

    return newest


async def provide_connection(state: State) -> AsyncIterator[Connection]:
    """A connection of the pool for as long as one request takes."""
    async with cast("Pool", state.pool).acquire() as connection:
        yield connection
