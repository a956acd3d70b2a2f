"""Whatever is killed, and whenever: no acknowledged mark is lost or doubled, and all comes back by itself.

The program runs as a process of its own, as people start it; robot judges mark through HTTP and keep every receipt. After each
fault the oracles compare what the robots hold with the ledger, and what is shown with what the ledger comes to.

``LEITAI_FAULTS=10 pytest tests/faults`` does everything ten times over (100 kills under more than 20,000 acknowledged marks);
the default of 1 is for every day.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest

from competition.demo.robots import Seat
from competition.plumbing.database import UNREACHABLE
from tests.faults import oracles
from tests.faults.cutter import Cutter
from tests.faults.hall import Hall, hall_of
from tests.program import LOOPBACK, ROBOTS, Ended, Program, parent_of, running

TIMES = int(os.environ.get("LEITAI_FAULTS", "1"))
KILLS = 10
FEW = 10 if TIMES == 1 else ROBOTS
"""Robots where it does not matter how many: to enrol thirty takes seconds of hashing PINs."""

MARKS_BETWEEN_KILLS = (20, 100) if TIMES == 1 else (40, 240)
"""A kill comes after this many acknowledgements at random, so that it meets the server in every state."""

ENDS_WITHIN = 10.0
"""An orderly end: five seconds of grace for requests, and PostgreSQL's own."""
HEALS_WITHIN = 20.0
"""Generous for a busy machine; the real figures are printed."""

Tell = Callable[[str, Sequence[float]], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo competition in it, nothing marked yet."""
    program = Program(tmp_path_factory.mktemp("made") / "data")

    async def make() -> None:
        await program.start()
        await program.stop()

    asyncio.run(make())
    return program.data


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Callable[[], Program]:
    """Makes a program over a data folder of its own, in which nothing is marked; not started."""
    return lambda: Program(shutil.copytree(made, tmp_path / f"data-{time.monotonic_ns()}"))


@pytest.fixture
async def program(copy: Callable[[], Program]) -> AsyncIterator[Program]:
    """A running program over a contest in which nothing is marked."""
    async with running(copy()) as program:
        yield program


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Prints figures, past the capture, for people to read; none of them is an assertion."""

    def say(what: str, seconds: Sequence[float]) -> None:
        with capsys.disabled():
            figures = f"median {statistics.median(seconds):.2f} s, most {max(seconds):.2f} s" if seconds else ""
            sys.stdout.write(f"\n  {what} {figures}")

    return say


class TestServerKilled:
    """kill -9 of the server, under load, again and again."""

    @pytest.mark.parametrize("times", range(TIMES))
    async def test_no_acknowledged_mark_is_lost(self, program: Program, tell: Tell, times: int) -> None:
        """Ten kills at random moments of one contest lose nothing, double nothing, orphan nothing; the robots just go on."""
        chance = Random(f"kill {times}")
        took = []
        async with hall_of(program.seats, pace=0, seed=times) as hall:
            for _ in range(KILLS):
                await hall.acknowledge(chance.randint(*MARKS_BETWEEN_KILLS))
                assert not hall.is_done(), "the robots ran out of marks before the last kill"
                await program.kill()
                took.append(await program.start())
                assert parent_of(parent_of(program.postmaster)) == program.process.pid
                await holds(program, hall)
            await hall.acknowledge(100)
            if TIMES > 1:
                await hall.finish()
                assert await unsigned(program) == [program.demo.judges[0].name]
        await holds(program, hall)
        await eventually(lambda: board_is_right(program))
        tell(f"{KILLS} kills of the server, {len(hall.acknowledged)} marks acknowledged, 0 lost; serving again:", took)
        assert max(took) < HEALS_WITHIN

    async def test_nothing_outlives_the_server(self, program: Program) -> None:
        """A killed server takes its PostgreSQL along, and leaves no socket behind it once the next has been there."""
        sockets = sockets_of(program)
        await program.kill()
        await program.gone()
        await program.start()
        assert [folder.exists() for folder in (sockets, sockets_of(program))] == [False, True]


class TestPostgresKilled:
    """kill -9 of PostgreSQL while the server lives."""

    @pytest.mark.parametrize("times", range(TIMES))
    @pytest.mark.parametrize("whom", ["postmaster", "everything"])
    async def test_it_comes_back_by_itself(self, program: Program, tell: Tell, times: int, whom: str) -> None:
        """The same server starts PostgreSQL again, the robots go on, and nothing acknowledged is lost."""
        chance = Random(f"{whom} {times}")
        server, took = program.process.pid, []
        async with hall_of(program.seats[:FEW], pace=0, seed=times) as hall:
            for _ in range(KILLS if TIMES > 1 else 3):
                await hall.acknowledge(chance.randint(*MARKS_BETWEEN_KILLS))
                began, before = time.perf_counter(), program.postmaster
                kill([before] if whom == "postmaster" else program.backends())
                took.append(await until_marked(hall, program, before, began))
                await holds(program, hall)
        await eventually(lambda: board_is_right(program))
        assert (program.is_running(), program.process.pid) == (True, server)
        tell(
            f"{len(took)} kills of PostgreSQL ({whom}), {len(hall.acknowledged)} acknowledged, 0 lost; marks again:",
            took,
        )
        assert max(took) < HEALS_WITHIN

    async def test_an_orderly_restart_heals_too(self, program: Program, tell: Tell) -> None:
        """PostgreSQL that is told to stop while judges mark is started again; boards are right without a restart of the server."""
        async with hall_of(program.seats[:FEW], pace=0, seed=1) as hall:
            began, before = time.perf_counter(), program.postmaster
            os.kill(before, signal.SIGINT)
            took = await until_marked(hall, program, before, began)
            await holds(program, hall)
        await eventually(lambda: board_is_right(program))
        assert program.is_running()
        tell("PostgreSQL restarted in order; marks again:", [took])

    async def test_it_is_tried_until_it_works(self, program: Program) -> None:
        """When PostgreSQL cannot be started again, such as for want of room, the server goes on trying and tells why."""
        lock, before = program.data / "postgres.lock", program.postmaster
        aside = lock.rename(lock.with_suffix(".aside"))
        lock.mkdir()
        kill([before])
        await eventually(lambda: says(program, f"The data folder {program.data} cannot be used"))
        lock.rmdir()
        aside.rename(lock)
        await eventually(lambda: is_back(program, before))
        assert program.is_running()


class TestOrderlyEnd:
    """SIGTERM, and a second server."""

    async def test_it_ends_in_order_and_leaves_nothing(self, program: Program, tell: Tell) -> None:
        """Told to end under load, the server ends within seconds with exit code 0; no process, socket or note is left."""
        sockets = sockets_of(program)
        async with hall_of(program.seats[:FEW], pace=0, seed=1) as hall:
            began = time.perf_counter()
            code = await program.stop()
            took = time.perf_counter() - began
            left = (
                program.processes(),
                sockets.exists(),
                (program.data / "server.json").exists(),
                program.is_at_rest(),
            )
            assert (code, *left) == (0, [], False, False, True), program.said()
            assert took < ENDS_WITHIN
            await program.start()
            await holds(program, hall)
        tell("told to end under load; ended after:", [took])

    @pytest.mark.parametrize("workers", [1, 2])
    async def test_it_ends_in_order_while_it_starts(self, tmp_path: Path, workers: int) -> None:
        """Told to end at any moment of its start, and told twice, it gives that up, leaves nothing, and can be started again."""
        program = Program(tmp_path / "data", judges=FEW, workers=workers)
        for trace in ("postgres.new", "postgres/postmaster.pid", "server.json", "the first answer"):
            program.launch()
            while not ((program.data / trace).exists() or await program.answers()):
                assert program.is_running(), program.said()
                await asyncio.sleep(0.001)
            program.process.send_signal(signal.SIGINT)
            code = await program.stop()
            left = (program.processes(), (program.data / "server.json").exists(), program.is_at_rest())
            assert (trace, code, *left) == (trace, 0, [], False, True), program.said()
        await program.start()
        assert await program.stop() == 0

    async def test_second_server_is_refused(self, program: Program) -> None:
        """A second server over one data folder says so in a sentence, ends with exit code 1, and harms nothing."""
        second = Program(program.data)
        second.log = program.log.with_name("second.log")
        second.launch()
        assert await second.ended() == 1
        assert second.said() == (
            f"✗ The data folder {program.data} is in use by another Leitai server (process {program.process.pid})."
            " Stop that server first, or choose another data folder for this one."
        )
        async with httpx.AsyncClient(base_url=program.base_url) as visitor:
            assert (await visitor.get("/healthz")).json()["status"] == "ok"

    async def test_taken_port_is_told(self, program: Program, copy: Callable[[], Program]) -> None:
        """A port that another program listens at is told in a sentence, and nothing is left running."""
        other = copy()
        other.launch(port=program.port)
        assert await other.ended() == 1
        assert other.said() == (
            f"✗ Leitai cannot listen at {LOOPBACK} port {program.port}: Address already in use."
            " Stop what uses the port, or choose another with --port."
        )
        assert other.processes() == []


class TestReplyDropped:
    """The reply gets lost after the commit: what happened is unknown to the tablet, which sends the same again."""

    async def test_every_mark_is_there_once(self, program: Program) -> None:
        """However many replies get lost, each mark is in the ledger once and its second receipt is the first one."""
        most = 100 * TIMES
        cutter = Cutter(LOOPBACK, program.port, most=most)
        async with cutter.listening() as address:
            seats = [
                Seat(enrol_url=seat.enrol_url.replace(program.base_url, address), pin=seat.pin)
                for seat in program.seats
            ]
            async with hall_of(seats[:FEW], pace=0, seed=1) as hall:
                while len(cutter.delivered) < most:
                    await hall.acknowledge(1)
        assert cutter.delivered == cutter.lost
        await holds(program, hall)


class TestTeeth:
    """The harness finds what it is there to find, and the program refuses to run without a net."""

    @pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
    async def test_start_is_refused_without(self, copy: Callable[[], Program], setting: str) -> None:
        """A database that could lose marks is refused at start, with the reason and the remedy."""
        program = copy()
        with (program.data / "postgres" / "postgresql.auto.conf").open("a") as altered_system:
            altered_system.write(f"{setting} = off\n")
        with pytest.raises(Ended) as refusal:
            await program.start()
        reason = (
            f"✗ The database could lose marks that it has confirmed, because {setting} is off. Turn it on"
            f" (ALTER SYSTEM SET {setting} = on; then SELECT pg_reload_conf();) and start again."
        )
        assert (refusal.value.code, refusal.value.said.splitlines()[-1]) == (1, reason)
        assert (program.processes(), program.is_at_rest()) == ([], True)

    async def test_lost_marks_are_found(self, program: Program) -> None:
        """With commits that do not wait for the disk, behind the server's back, the oracle tells which marks a crash took."""
        async with hall_of(program.seats[:FEW], pace=0, seed=1) as hall:
            async with program.database() as connection:
                await connection.execute("ALTER SYSTEM SET synchronous_commit = off")
                await connection.execute("ALTER SYSTEM SET wal_writer_delay = '10s'")
                await connection.fetchval("SELECT pg_reload_conf()")
            await hall.acknowledge(100)
            before = program.postmaster
            kill(program.backends())
        await eventually(lambda: is_back(program, before))
        async with program.database() as connection:
            assert await oracles.lost(connection, hall.acknowledged) != {}


async def holds(program: Program, hall: Hall) -> None:
    """Both oracles: what is acknowledged stands in the ledger, and what is stored is what the ledger comes to."""
    acknowledged = list(hall.acknowledged)
    async with program.database() as connection:
        assert await oracles.lost(connection, acknowledged) == {}
        assert await oracles.faults_found(connection) == ()
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            assert await oracles.recomputed(connection) == await oracles.stored(connection)


async def board_is_right(program: Program) -> bool:
    """Whether the board shows what is stored; asked when nobody marks."""
    async with program.database() as connection:
        return await oracles.on_the_board(program.demo.boards[0].state_url) == await oracles.by_code(connection)


async def unsigned(program: Program) -> list[str]:
    """The judges who still have sheets to sign."""
    async with program.database() as connection:
        rows = await connection.fetch(
            "SELECT DISTINCT account.name FROM score_sheet JOIN account ON account.id = judge_id WHERE sealed_at IS NULL"
        )
    return [row[0] for row in rows]


async def is_back(program: Program, before: int) -> bool:
    """Whether another PostgreSQL than process ``before`` takes connections."""
    try:
        async with program.database():
            return program.postmaster != before
    except (*UNREACHABLE, asyncpg.PostgresError):
        return False


async def says(program: Program, words: str) -> bool:
    """Whether the program has lately written these words."""
    return words in program.said()


async def until_marked(hall: Hall, program: Program, before: int, began: float) -> float:
    """Seconds from ``began`` until a mark is acknowledged that another PostgreSQL than ``before`` has stored."""
    await eventually(lambda: is_back(program, before))
    await hall.acknowledge(1)
    return time.perf_counter() - began


async def eventually(so: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it is so; raises TimeoutError when it takes unreasonably long."""
    async with asyncio.timeout(HEALS_WITHIN):
        while not await so():  # noqa: ASYNC110 - other processes set no Event
            await asyncio.sleep(0.01)


def kill(pids: Sequence[int]) -> None:
    """Kill processes as a crash would; some may have died of the loss of the others."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def sockets_of(program: Program) -> Path:
    """The folder of the sockets of the PostgreSQL that runs."""
    (host,) = parse_qs(urlsplit(program.running.dsn).query)["host"]
    return Path(host)
