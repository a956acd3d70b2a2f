"""What `deploy/` promises: its files name what the program has, and a backup made as it says comes back whole."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from competition.cli import leitai
from competition.exports.verify import verify_database
from competition.plumbing.postgres_programs import find_programs
from tests.faults import oracles
from tests.faults.hall import hall_of
from tests.program import Program, running

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
FILES = (
    "Caddyfile",
    "Dockerfile",
    "Dockerfile.dockerignore",
    "README.md",
    "compose.yaml",
    "example.env",
    "leitai.service",
)
ASKED_FOR = re.compile(r"""(?:environ(?:ment)?(?:\.get\(|\[)|envvar=)\s*["'](LEITAI_\w+|DATABASE_URL)["']""")
NAMED = re.compile(r"\b(LEITAI_[A-Z_]+|DATABASE_URL)\b")


def read_by_the_program() -> set[str]:
    """The environment variables that the program asks for."""
    sources = [*ROOT.glob("competition/**/*.py"), *ROOT.glob("scoreboards/**/*.py")]
    return {name for source in sources for name in ASKED_FOR.findall(source.read_text())}


def named_in(file: Path) -> set[str]:
    """Leitai's environment variables that a file speaks of."""
    return set(NAMED.findall(file.read_text()))


def stated(pattern: str, file: Path) -> str:
    """What a file says where ``pattern`` has its group."""
    found = re.search(pattern, file.read_text(), re.MULTILINE)
    assert found is not None, f"{file.name} lacks {pattern}"
    return found[1]


def is_understood(arguments: Iterable[str]) -> bool:
    """Whether `leitai` takes this command line; nothing is run."""
    name, *options = arguments
    command = leitai.commands[name]
    command.make_context(name, options)
    return True


class TestFiles:
    """The files are all there and speak of the program as it is."""

    def test_nothing_is_missing_or_left_over(self) -> None:
        """Exactly the files that the README of the folder explains."""
        assert sorted(file.name for file in DEPLOY.iterdir()) == sorted(FILES)

    @pytest.mark.parametrize("name", FILES)
    def test_every_variable_is_one_that_the_program_reads(self, name: str) -> None:
        """No file sets or explains a variable that nobody reads."""
        assert named_in(DEPLOY / name) - read_by_the_program() == set()

    @pytest.mark.parametrize("guide", [ROOT / "README.md", DEPLOY / "README.md"], ids=["house", "deploy"])
    def test_every_variable_that_is_read_is_explained(self, guide: Path) -> None:
        """Both guides have a row for each variable that the program reads."""
        rows = set(re.findall(r"^\| `(LEITAI_\w+|DATABASE_URL)` \|", guide.read_text(), re.MULTILINE))
        assert rows == read_by_the_program()

    def test_durability_is_not_touched(self) -> None:
        """No file but the guide so much as names a setting that durability depends on."""
        settings = re.compile("fsync|full_page_writes|synchronous_commit|wal_sync_method")
        assert [name for name in FILES if name != "README.md" and settings.search((DEPLOY / name).read_text())] == []

    def test_secrets_are_asked_for_and_not_given(self) -> None:
        """The example leaves every secret empty, and Compose refuses to start without them."""
        secrets = dict(re.findall(r"^(\w+(?:PASSWORD|KEY))=(.*)$", (DEPLOY / "example.env").read_text(), re.MULTILINE))
        assert secrets == {"POSTGRES_PASSWORD": "", "LEITAI_SECRET_KEY": ""}
        asked = re.findall(r"\$\{(\w+)(:\?)?", (DEPLOY / "compose.yaml").read_text())
        assert {name for name, is_needed in asked if is_needed} == {*secrets, "SITE_ADDRESS"}


class TestCommands:
    """What the files run exists."""

    def test_image_runs_a_command_that_exists(self) -> None:
        """The image's command is one that `leitai` understands, and its probe asks the port that is served."""
        command = json.loads(stated(r"^CMD (\[.*\])$", DEPLOY / "Dockerfile"))
        assert is_understood(command)
        port = command[command.index("--port") + 1]
        assert stated(r"http://127\.0\.0\.1:(\d+)/healthz", DEPLOY / "Dockerfile") == port
        assert stated(r"UPSTREAM: server:(\d+)", DEPLOY / "compose.yaml") == port

    def test_service_runs_a_command_that_exists(self) -> None:
        """The unit is read as systemd reads it; it ends the server alone and gives it longer than an orderly end takes."""
        unit = configparser.ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read_string((DEPLOY / "leitai.service").read_text())
        program, *arguments = shlex.split(unit["Service"]["ExecStart"])
        assert Path(program).name == "leitai"
        assert is_understood(arguments)
        assert (unit["Service"]["KillMode"], unit["Service"]["TimeoutStopSec"]) == ("mixed", "60s")

    def test_image_is_made_of_what_is_there(self) -> None:
        """Everything that is copied into the image exists and reaches the builder; uv is the Makefile's."""
        copied = re.findall(r"^COPY (?!--from)(.*) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
        sources = [source for line in copied for source in line.split()]
        assert [source for source in sources if not (ROOT / source).exists()] == []
        let_in = re.findall(r"^!(.*)$", (DEPLOY / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
        assert sorted(let_in) == sorted(sources)
        assert stated(r"^ARG UV_VERSION=(.*)$", DEPLOY / "Dockerfile") == stated(
            r"^UV_VERSION := (.*)$", ROOT / "Makefile"
        )


class TestBackup:
    """Backup and restore, by the commands of the guide."""

    async def test_backup_taken_while_judges_mark_comes_back_whole(self, tmp_path: Path) -> None:
        """A dump made under load, restored on a clean machine with the same key, verifies against the dump's own checkpoint."""
        here, there = Program(tmp_path / "here", judges=8), Program(tmp_path / "there", judges=1)
        programs = find_programs(here.data / "postgres").folder
        dump = tmp_path / "leitai.dump"
        async with running(here), hall_of(here.seats, pace=0, seed=1) as hall:
            await hall.acknowledge(50)
            acknowledged = list(hall.acknowledged)
            run(programs / "pg_dump", "--format=custom", f"--file={dump}", here.running.dsn)
            await hall.acknowledge(50)
        there.data.mkdir()
        shutil.copy(here.data / "secret.key", there.data)
        async with running(there):
            restoring = ("--clean", "--if-exists", "--single-transaction", f"--dbname={there.running.dsn}")
            run(programs / "pg_restore", *restoring, dump)
            await there.stop()
            shutil.copy(here.data / "demo.json", there.data)
            await there.start()
            async with there.database() as connection:
                head = await connection.fetchrow("SELECT id, ledger_position, ledger_digest FROM event")
                assert head is not None
                checkpoint = f"{head[1]}:{head[2].hex()}"
                found = await verify_database(connection, head[0], printed=checkpoint)
                assert (found.ledger_entries, found.findings) == (head[1], ())
                assert await oracles.lost(connection, acknowledged) == {}


def run(*command: str | Path) -> None:
    """Run a program of PostgreSQL; what it complains of fails the test."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
