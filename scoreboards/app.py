"""The boards as an app of their own: mounted beside the contest in one process, or run apart where the audience is large."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from uuid import UUID

from litestar import Litestar
from litestar.datastructures import CacheControlHeader, State
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.static_files import create_static_files_router
from litestar.template import TemplateConfig

from competition.plumbing import clock
from competition.plumbing.background import running
from competition.plumbing.countdown import face
from competition.plumbing.errors import EXCEPTION_HANDLERS
from competition.plumbing.listening import REVISIONS, Listener
from competition.plumbing.templating import SHARED_STATIC, SHARED_TEMPLATES, create_environment
from scoreboards import benches, pages, podium, prospects, sockets, theming, ticker, typesetting, words
from scoreboards.hub import SEND_SECONDS, Hub
from scoreboards.store import board_pool

HERE = Path(__file__).parent
STATIC = "/boards/static"


def create_scoreboards(dsn: str, *, base_url: str | None = None, patience: float = SEND_SECONDS) -> Litestar:
    """The boards of the database at ``dsn``; every path begins with ``/boards``.

    ``base_url`` is the address people reach the server at, without it the request's own; ``patience`` is how many seconds a viewer
    may take nothing before it is let go.
    """

    @asynccontextmanager
    async def life(app: Litestar) -> AsyncIterator[None]:
        async with await board_pool(dsn) as pool:
            app.state.pool = pool
            app.state.hub = hub = Hub(pool, now=clock.now, patience=patience)
            listener = Listener(
                dsn, "leitai_board", hear={REVISIONS: lambda event_id: hub.hear(UUID(event_id))}, poll=hub.poll
            )
            with closing(hub):
                async with running(hub.run, listener.run):
                    yield

    return Litestar(
        route_handlers=[
            *pages.HANDLERS,
            *theming.HANDLERS,
            *sockets.HANDLERS,
            create_static_files_router(
                STATIC,
                [HERE / "static", SHARED_STATIC],
                cache_control=CacheControlHeader(no_cache=True),
                include_in_schema=False,
            ),
        ],
        exception_handlers=EXCEPTION_HANDLERS,
        template_config=_templates(),
        openapi_config=None,
        lifespan=[life],
        logging_config=None,
        state=State({"base_url": base_url}),
    )


def _templates() -> TemplateConfig[JinjaTemplateEngine]:
    environment = create_environment([HERE / "templates", SHARED_TEMPLATES], static=STATIC)
    environment.filters |= {
        "figure": typesetting.figure,
        "face": face,
        "fit": typesetting.fit,
        "title_fit": typesetting.title_fit,
        "most": typesetting.most,
        "tag": words.tag,
    }
    environment.globals |= {
        "density": typesetting.density,
        "shape": typesetting.shape,
        "tone": words.tone,
        "audience_word": words.audience_word,
        "kind_word": words.kind_word,
        "status_word": words.status_word,
        "state_word": words.state_word,
        "language_name": words.language_name,
        "bench_scene": benches.bench_scene,
        "extra_face": benches.extra_face,
        "scene_of": podium.scene_of,
        "further_awards": podium.further_awards,
        "prospects_of": prospects.prospects_of,
        "ago": ticker.ago,
        "ago_words": ticker.ago_words,
    }
    return TemplateConfig(instance=JinjaTemplateEngine(engine_instance=environment))
