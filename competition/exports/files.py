"""One publication as a file in any of the formats; every file carries revision, ledger position and digest."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Literal
from uuid import UUID

from competition.exports.csv_file import results_csv
from competition.exports.honours import honours_of
from competition.exports.package_file import package_json
from competition.exports.pdf_file import results_pdf
from competition.exports.rules import signing_of, traces_of
from competition.exports.sheet import Heading
from competition.exports.store import heading_of, package_of
from competition.exports.xlsx_file import results_xlsx
from competition.plumbing.database import Connection
from competition.plumbing.locale import Language
from schemas.base import Message
from schemas.package import Package
from schemas.problems import N_, Problem

Format = Literal["csv", "xlsx", "json", "pdf"]


class NothingPublished(Problem):
    """An export before any publication."""

    status = 404
    sentence = N_("There is nothing to export yet: no result list with this number. Publish a draft first.")


class ExportedFile(Message):
    """A file to save: its name, its media type and its bytes."""

    name: str
    media_type: str
    content: bytes

    def write_to(self, path: Path) -> None:
        """Save it there."""
        path.write_bytes(self.content)


class SpooledFile(Message):
    """A file to save that may be too large for memory: its bytes wait in a temporary file, which is gone once it is closed."""

    name: str
    media_type: str
    content: IO[bytes]

    def write_to(self, path: Path) -> None:
        """Save it there, once."""
        with self.content, path.open("wb") as target:
            shutil.copyfileobj(self.content, target)


MEDIA_TYPES: Mapping[Format, str] = {
    "csv": "text/csv",  # the answer adds the charset, as to any text
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "pdf": "application/pdf",
}
WRITERS: Mapping[Format, Callable[[Package, Heading, Language], bytes]] = {
    "csv": lambda package, _, language: results_csv(
        package.publication, package.scheme, honours_of(package), language=language
    ),
    "xlsx": lambda package, heading, language: results_xlsx(
        package.publication,
        package.scheme,
        traces_of(package),
        honours_of(package),
        signing_of(package),
        heading=heading,
        language=language,
    ),
    "json": lambda package, _heading, _language: package_json(package),
    "pdf": lambda package, heading, language: results_pdf(
        package.publication,
        package.scheme,
        honours_of(package),
        signing_of(package),
        heading=heading,
        language=language,
    ),
}


async def exported(
    connection: Connection, event_id: UUID, format: Format, *, number: int | None = None, language: Language
) -> ExportedFile:
    """A publication of an event (the newest without a ``number``) as a file; written off the event loop."""
    package, heading = await package_of(connection, event_id, number), await heading_of(connection, event_id)
    if package is None or heading is None:
        raise NothingPublished
    publication = package.publication
    return ExportedFile(
        name=f"leitai-results-{publication.number}-{publication.status}.{format}",
        media_type=MEDIA_TYPES[format],
        content=await asyncio.to_thread(WRITERS[format], package, heading, language),
    )
