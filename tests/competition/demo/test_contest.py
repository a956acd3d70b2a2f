"""The demo competition: any number of judges, a board of each kind, and folders of an earlier Leitai."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from competition.demo.contest import BOARDS, DEMO_FILE, SCHEME, Demo, panels, prepare_demo, run_clock
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from competition.plumbing.sealing import Sealer
from competition.results.store import boards_of
from competition.schemes.files import shipped_scheme
from competition.staging.actions import close_board
from competition.timetable.clock_store import bench_times_of, clocks_of
from schemas.access import Person
from schemas.scheme import Scheme
from tests.house import NOW, small_scheme


@pytest.mark.parametrize("judges", [1, 2, 3, 4, 30])
def test_panels_are_as_full_as_the_judges_allow(judges: int) -> None:
    """Every panel has its judges, or all there are; nobody sits twice on one, and the first judge on one only."""
    ids = [UUID(int=number) for number in range(judges)]
    scheme = shipped_scheme(SCHEME)
    seated = panels(scheme, ids)
    robots = max(judges - 1, 1)
    for sub in scheme.sub_criteria():
        panel = seated[sub.id]
        available = robots + (ids[0] in panel and judges > 1)
        assert (len(panel), len(set(panel))) == (min(sub.panel.judges, available),) * 2
    if judges > 1:
        assert sum(ids[0] in panel for panel in seated.values()) == 1


async def prepared(connection: Connection, folder: Path, scheme: Scheme | None = None) -> Demo:
    """The demo as `leitai demo` sets it up, or finds it."""
    return await prepare_demo(
        connection, Shelf(), Sealer(b"s" * 32), folder, base_url="http://x", seed=1, judges=2, entrants=3, now=NOW, scheme=scheme
    )  # fmt: skip


async def test_demo_has_a_board_of_each_kind_and_somebody_to_present(connection: Connection, tmp_path: Path) -> None:
    """The standings come first; what the scheme does not give has no board."""
    demo = await prepared(connection, tmp_path)
    assert [(board.id, board.kind) for board in demo.boards] == [
        ("cnc", "standings"), ("cnc-benches", "benches"), ("cnc-latest", "ticker"), ("cnc-medals", "medals"), ("cnc-podium", "podium"),
        ("cnc-teams", "teams"),
    ]  # fmt: skip
    assert demo.boards[5].live_url == "ws://x/boards/cnc-teams/live"
    assert demo.presenter is not None
    assert await prepared(connection, tmp_path) == with_links_of(demo, tmp_path)


def with_links_of(demo: Demo, folder: Path) -> Demo:
    """The same demo with the tablet links of its file, which are new each time."""
    links = json.loads((folder / DEMO_FILE).read_text())["judges"]
    return msgspec.structs.replace(
        demo,
        judges=tuple(
            msgspec.structs.replace(judge, enrol_url=link["enrol_url"])
            for judge, link in zip(demo.judges, links, strict=True)
        ),
    )


async def test_demo_of_a_scheme_without_awards_has_no_board_of_them(connection: Connection, tmp_path: Path) -> None:
    """Nor one of teams."""
    demo = await prepared(connection, tmp_path, small_scheme())
    assert {board.kind for board in demo.boards} == {kind for _, kind, _ in BOARDS} - {"medals", "teams"}


async def test_demo_of_an_earlier_leitai_gets_the_boards_it_lacks(connection: Connection, tmp_path: Path) -> None:
    """A folder of before knows one board and nobody who presents: the rest is opened once, and stays closed when it is closed."""
    await prepared(connection, tmp_path)
    await connection.execute("DELETE FROM board WHERE id <> 'cnc'")
    await connection.execute("DELETE FROM account WHERE role = 'presenter'")
    file = tmp_path / DEMO_FILE
    earlier = json.loads(file.read_text())
    del earlier["presenter"]
    earlier["boards"] = [{name: value for name, value in earlier["boards"][0].items() if name != "kind"}]
    file.write_text(json.dumps(earlier))
    demo = await prepared(connection, tmp_path)
    assert {board.id for board in demo.boards} == {board_id for board_id, _, _ in BOARDS}
    assert demo.boards[0].id == "cnc"
    assert demo.presenter is not None
    event_id = await connection.fetchval("SELECT id FROM event")
    account = await connection.fetchrow("SELECT id, name FROM account WHERE role = 'organiser'")
    assert account is not None
    person = Person(id=account[0], role="organiser", name=account[1])
    await close_board(connection, event_id, "cnc-latest", person=person, now=NOW)
    again = await prepared(connection, tmp_path)
    assert "cnc-latest" not in {board.id for board in again.boards}
    assert [board.id for board in again.boards] == [board.id for board in await boards_of(connection, event_id)]


async def test_demo_runs_the_clock_of_a_session_and_keeps_it(connection: Connection, tmp_path: Path) -> None:
    """The first session starts with it, one bench has time back; started again it keeps both, and after its end starts the next."""
    demo = await prepared(connection, tmp_path)
    for later in (0, 1, 2):
        await run_clock(connection, demo, now=NOW + timedelta(hours=later))
    event_id = await connection.fetchval("SELECT id FROM event")
    begun = [clock.started_at for clock in (await clocks_of(connection, event_id)).values()]
    given = [line for lines in (await bench_times_of(connection, event_id)).values() for line in lines if line.extra]
    assert begun == [NOW, None, None]
    assert [line.extra for line in given] == [300]
    [(reason, who)] = await connection.fetch(
        "SELECT reason, account.name FROM time_back JOIN account ON account.id = given_by"
    )
    assert (reason, who) == ("工位断电 power cut at the bench", "赛事组委会")
    for later in (4, 8, 12):
        await run_clock(connection, demo, now=NOW + timedelta(hours=later))
    begun = [clock.started_at for clock in (await clocks_of(connection, event_id)).values()]
    assert begun == [NOW, NOW + timedelta(hours=4), NOW + timedelta(hours=8)]
