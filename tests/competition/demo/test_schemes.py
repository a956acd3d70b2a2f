"""Each shipped scheme, from an empty house to an official list: robots mark and sign all of it, and it is exported and checked."""

from __future__ import annotations

import io
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from competition.access import store as accounts
from competition.demo.contest import Demo, prepare_demo
from competition.demo.robots import Seat, run_robots
from competition.exports.files import Format, exported
from competition.exports.rules import verify_package
from competition.exports.verify import verify_database
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import LANGUAGES, Language
from competition.plumbing.sealing import Sealer
from competition.results import actions as results
from competition.schemes.files import shipped, shipped_scheme
from schemas.access import Person
from schemas.package import Package
from tests.site import Site

ENTRANTS, JUDGES = 3, 12


@pytest.mark.parametrize("name", shipped())
async def test_shipped_scheme_runs_to_an_official_list(
    site: Site, connection: Connection, tmp_path: Path, name: str
) -> None:
    """Everybody is marked and signed for, the second scorer agrees, every file is written in both languages, and all verifies."""
    scheme, shelf = shipped_scheme(name), Shelf()
    demo = await prepare_demo(
        connection,
        shelf,
        Sealer(site.settings.secret),
        tmp_path,
        base_url=site.base_url,
        seed=1,
        judges=JUDGES,
        entrants=ENTRANTS,
        now=clock.now(),
        scheme=scheme,
    )
    await run_robots([Seat(enrol_url=judge.enrol_url, pin=judge.pin) for judge in demo.judges], pace=0, seed=1)
    event_id, organiser = await connection.fetchval("SELECT id FROM event"), await _organiser(connection, demo)
    for status in ("provisional", "official"):
        published = await results.publish(connection, shelf, event_id, status, person=organiser, now=clock.now())
    assert [row.state for row in published.rows] == ["competing"] * ENTRANTS
    assert sorted(row.rank for row in published.rows if row.rank) == [1, 2, 3]
    files = {language: await _files(connection, event_id, language) for language in LANGUAGES}
    assert [content[:4] for content in files["en"].values()] == [b"\xef\xbb\xbfR", b"PK\x03\x04", b"%PDF", b'{"co']
    for of_language in files.values():
        assert set(_agreements(of_language["xlsx"])) == {f"{ENTRANTS} / {ENTRANTS}"}
    package = msgspec.json.decode(files["en"]["json"], type=Package)
    assert (package.publication, verify_package(package).findings) == (published, ())
    assert (await verify_database(connection, event_id, printed=None)).findings == ()


async def _files(connection: Connection, event_id: UUID, language: Language) -> dict[Format, bytes]:
    """The official list in every format."""
    formats: tuple[Format, ...] = ("csv", "xlsx", "pdf", "json")
    return {form: (await exported(connection, event_id, form, language=language)).content for form in formats}


def _agreements(workbook: bytes) -> list[str]:
    """How many totals and places of the cover's are the same by formula."""
    cover = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    return [str(value) for label, value in cover if label in ("Totals agree", "Ranks agree", "总分一致", "名次一致")]


async def _organiser(connection: Connection, demo: Demo) -> Person:
    account = await accounts.account_named(connection, demo.organiser.username)
    assert account is not None
    return Person(id=account.id, role="organiser", name=account.name)
