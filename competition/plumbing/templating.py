"""Pages: the Jinja environment that speaks the reader's language, and the few filters that templates need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import jinja2
import segno
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template import TemplateConfig
from markupsafe import Markup

import competition
from competition.plumbing.locale import LANGUAGES, catalogue, current_language, text
from schemas.base import Message, canonical

HOUSE = Path(competition.__file__).parent
SHARED_TEMPLATES = HOUSE / "templates"
SHARED_STATIC = HOUSE / "static"

MOST_PLACES = 6
CUT_PLACES = 4


def page(template: str, content: Message | None = None, *, status_code: int = 200) -> Template:
    """Answer with ``template``, which sees ``content`` as ``page``."""
    return Template(template_name=template, context={"page": content}, status_code=status_code)


def template_config(
    folders: Sequence[Path], *, static: str, names: Mapping[str, object] | None = None
) -> TemplateConfig[JinjaTemplateEngine]:
    """The template engine over ``folders`` (first found wins); ``static`` is where this app serves its static files.

    ``names`` are what this app's templates know beside what all know.
    """
    environment = create_environment(folders, static=static)
    environment.globals |= names or {}
    return TemplateConfig(instance=JinjaTemplateEngine(engine_instance=environment))


def create_environment(folders: Sequence[Path], *, static: str) -> jinja2.Environment:
    """A strict, escaping environment: a name that is not there is an error, not an empty string."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([str(folder) for folder in folders]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["ext.i18n.trimmed"] = (
        True  # as `make messages` reads them: line breaks in a sentence are one space
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        lambda sentence: catalogue(current_language()).gettext(sentence),
        lambda one, many, n: catalogue(current_language()).ngettext(one, many, n),
        newstyle=True,
    )
    environment.globals |= {
        "language": current_language,
        "languages": LANGUAGES,
        "static": lambda path: f"{static}/{path}",
        "version": competition.__version__,
    }
    environment.filters |= {
        "text": text,
        "points": points,
        "rounded": rounded,
        "clock": clock,
        "moment": moment,
        "qr": qr,
        "json": json,
    }
    return environment


def points(value: Decimal | None) -> str:
    """Points for the eye: two places at least, a dash for none; thirds, which have no last decimal, cut and marked ≈."""
    if value is None:
        return "–"
    exponent = value.normalize().as_tuple().exponent
    places = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{value:.{places}f}" if places <= MOST_PLACES else f"≈{value:.{CUT_PLACES}f}"


def rounded(value: Decimal | None, places: int = 2) -> str:
    """Points cut for the eye to so many places, half up; what counts is the exact figure, which the trace holds."""
    return "–" if value is None else str(value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def clock(value: datetime, zone: str) -> str:
    """The time of day at the venue."""
    return value.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S")


def moment(value: datetime, zone: str) -> str:
    """Day and time at the venue."""
    return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def qr(address: str) -> Markup:
    """A QR code as inline SVG that scales with its box and needs no inline style."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2, light="#fff")
    return Markup(drawn)  # noqa: S704 - drawn by segno; the address is only its dots


def json(value: object) -> Markup:
    """A value as JSON for a data block of a page: no text in it can end the block."""
    return Markup(canonical(value).decode().replace("<", "\\u003c"))  # noqa: S704 - nothing in it opens a tag
