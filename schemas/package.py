"""The JSON package: one event's results with everything that is needed to compute them again on anybody's machine."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from schemas.base import Command, Text
from schemas.marks import Entry
from schemas.results import Publication
from schemas.scheme import Scheme

PACKAGE_FORMAT = "leitai-package-1"


class PackageEntrant(Command):
    """An entrant as the package names them: no document, no phone."""

    id: UUID
    code: str
    number: int
    name: str
    delegation: str


class Package(Command):
    """Scheme, entrants, the whole ledger in order (positions 1, 2, 3 …) and the publication they come to."""

    format: Literal["leitai-package-1"]
    competition: Text
    event: Text
    scheme: Scheme
    entrants: tuple[PackageEntrant, ...]
    ledger: tuple[Entry, ...]
    publication: Publication
