"""The `leitai` command as people type it: each call is a process of its own, over the database of the test."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import click
import msgspec
import pytest

from competition import server
from competition.cli import leitai
from competition.cli.common import NoEvent, NoEventButDemo, chosen_event
from competition.demo.contest import prepare_demo
from competition.ledger.book import Shelf
from competition.plumbing import clock
from competition.plumbing.database import Connection
from competition.plumbing.locale import LANGUAGES, speaking
from competition.plumbing.postgres_problems import DataFolderUnusable
from competition.plumbing.sealing import Sealer
from competition.plumbing.settings import read_settings
from competition.results.actions import publish
from competition.server import SERVER_FILE
from schemas.access import Person
from tests.terminal import Terminal


@pytest.fixture
async def terminal(dsn: str, tmp_path: Path) -> Terminal:
    """A terminal on a machine with an empty Leitai."""
    return Terminal(dsn, tmp_path)


@pytest.fixture
async def contest(terminal: Terminal) -> Terminal:
    """A terminal on a machine with the demo competition, one draft of it published."""
    connection = await asyncpg.connect(terminal.dsn, server_settings={"role": "leitai_app"})
    sealer, now = Sealer(read_settings(terminal.data).secret), clock.now()
    await prepare_demo(
        connection, Shelf(), sealer, terminal.data, base_url="http://127.0.0.1:8000", seed=1, judges=12, now=now
    )
    event_id = await connection.fetchval("SELECT id FROM event")
    organiser = Person(id=await connection.fetchval("SELECT id FROM account LIMIT 1"), role="organiser", name="o")
    await publish(connection, Shelf(), event_id, "draft", person=organiser, now=now)
    await connection.close()
    return terminal


async def test_accounts_are_added_changed_and_listed(terminal: Terminal) -> None:
    """An organiser can sign in after one command; a second one of the same name, a weak password and a typo are told apart."""
    assert await terminal.leitai("user", "add", "alice") == (0, "✓ alice can sign in now.")
    assert await terminal.leitai("user", "add", "alice") == (
        1,
        "✗ There is already an account with the user name alice. Choose another.",
    )
    assert await terminal.leitai("user", "passwd", "alice") == (0, "✓ The password of alice is changed.")
    code, printed = await terminal.leitai("user", "passwd", "bob", language="zh_CN.UTF-8")
    assert (code, "bob" in printed, "✗" in printed, "There is" in printed) == (1, True, True, False)
    code, printed = await terminal.leitai("user", "list")
    assert (code, "alice" in printed, "organiser" in printed) == (0, True, True)
    code, _ = await terminal.leitai("user", "add", "bob", "--role", "king")
    assert code == 2


async def test_accounts_are_taken_out_of_use_and_put_back(terminal: Terminal) -> None:
    """The list says who is out; the last organiser stays, with a sentence that says what to do first."""
    await terminal.leitai("user", "add", "alice")
    assert await terminal.leitai("user", "deactivate", "alice") == (
        1,
        "✗ alice is the last organiser who can sign in. Add another organiser first.",
    )
    await terminal.leitai("user", "add", "bob")
    assert await terminal.leitai("user", "deactivate", "alice") == (0, "✓ alice is out of use.")
    assert "out of use" in (await terminal.leitai("user", "list"))[1]
    assert await terminal.leitai("user", "reactivate", "alice") == (0, "✓ alice can sign in again.")
    assert "out of use" not in (await terminal.leitai("user", "list"))[1]
    assert (await terminal.leitai("user", "deactivate", "carol"))[0] == 1


async def test_roster_template_is_filled_and_imported_or_refused_whole(contest: Terminal) -> None:
    """A template imports; a roster with a wrong cell names it, ends with 3 and writes nothing."""
    code, _ = await contest.leitai("roster", "template", "-o", "roster.csv")
    lines = (contest.data / "roster.csv").read_text("utf-8-sig").splitlines()
    assert (code, len(lines)) == (0, 1)
    row = "Li Ming,Male,Passport,E12345678,13800138000,Works,芜湖市代表队,,,"
    headings = "Name,Sex,Document kind,ID number,Mobile phone,Employer,Delegation,Skill level,Mentor,Team leader"
    (contest.data / "bad.csv").write_text(f"{headings}\n{row.replace('13800138000', '12')}\n", "utf-8")
    code, printed = await contest.leitai("roster", "import", "bad.csv")
    assert (code, "row 2" in printed, "bad cells" in printed) == (3, True, True)
    connection = await asyncpg.connect(contest.dsn)
    assert await connection.fetchval("SELECT count(*) FROM entrant") == 24
    await connection.close()


async def test_roster_import_restates_the_event(contest: Terminal) -> None:
    """An imported roster makes a new revision, as at the desk: boards and standings know of it at once."""
    connection = await asyncpg.connect(contest.dsn)
    before = await connection.fetchval("SELECT revision FROM event")
    headings = "Name,Sex,Document kind,ID number,Mobile phone,Employer,Delegation,Skill level,Mentor,Team leader"
    delegation = await connection.fetchval("SELECT name FROM delegation ORDER BY code LIMIT 1")
    await connection.execute("UPDATE delegation SET quota = 99")
    row = f"Li Ming,Male,Passport,E12345678,13800138000,Works,{delegation},,,"
    (contest.data / "good.csv").write_text(f"{headings}\n{row}\n", "utf-8")
    code, printed = await contest.leitai("roster", "import", "good.csv")
    assert (code, printed.splitlines()[-1]) == (0, "✓ Imported.")
    assert await connection.fetchval("SELECT revision FROM event") == before + 1
    await connection.close()


async def test_results_are_exported_and_verified_or_found_out(contest: Terminal) -> None:
    """Every format is written; the package verifies without a database; a changed total is found, with exit code 3."""
    for kind, magic in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("pdf", b"%PDF"), ("json", b"{")):
        code, _ = await contest.leitai("export", "-f", kind, "-o", f"results.{kind}")
        assert code == 0
        assert (contest.data / f"results.{kind}").read_bytes().startswith(magic)
    code, printed = await contest.leitai("verify")
    assert (code, printed.splitlines()[-1]) == (0, "✓ Everything agrees.")
    package = contest.data / "results.json"
    code, printed = await contest.leitai("verify", str(package))
    assert (code, printed.splitlines()[-1]) == (0, "✓ Everything agrees.")
    package.write_bytes(package.read_bytes().replace(b'"total":"0.00"', b'"total":"1.00"', 1))
    code, printed = await contest.leitai("verify", str(package))
    assert (code, "1.00" in printed) == (3, True)


async def test_taken_port_is_told_at_once(terminal: Terminal) -> None:
    """A port that another program uses is named, with what to do, before anything is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, printed = await terminal.leitai("serve", "--port", str(port))
    assert (code, f"port {port}" in printed, "--port" in printed) == (1, True, True)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "999.1.1.1", "192.0.2.1", "a" * 70])
async def test_host_that_is_none_is_told(terminal: Terminal, host: str) -> None:
    """A name that leads nowhere, and an address of another machine: nothing is said of the port."""
    assert await terminal.leitai("serve", "--host", host, "--port", "0") == (
        1,
        (
            f"✗ Leitai cannot listen at {host}: this machine has no such address. Write another after --host: 0.0.0.0 for the whole "
            "hall, 127.0.0.1 for this machine alone."
        ),
    )


async def test_reasons_of_the_system_are_in_the_readers_language(terminal: Terminal) -> None:
    """A taken port, a wrong address and a data folder that is a file, told to a reader of Chinese."""
    (terminal.data / "file").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = [
            await terminal.leitai(*arguments, language="zh_CN.UTF-8")
            for arguments in (
                ("serve", "--port", str(port)),
                ("serve", "--host", "999.1.1.1"),
                ("user", "list", "--data", "file/below"),
                ("watch", "rubbish"),
            )
        ]
    assert told == [
        (1, f"✗ 擂台无法监听 127.0.0.1 的端口 {port}：地址已被占用。请停止占用该端口的程序，或用 --port 另选端口。"),
        (
            1,
            "✗ 擂台无法监听 999.1.1.1：本机没有这个地址。请在 --host 后另写一个：0.0.0.0 供全场使用，127.0.0.1 仅供本机使用。",
        ),
        (
            1,
            f"✗ 数据文件夹 {terminal.data}/file/below 无法使用：这不是文件夹。请确认它属于运行擂台的用户且磁盘有空间，或另选文件夹。",
        ),
        (1, "✗ rubbish 没有大屏。请给出大屏页面的网址，例如 http://localhost:8000/boards/cnc。"),
    ]


async def test_watching_nobody_is_told(terminal: Terminal) -> None:
    """An address that is none, and one at which no server is: a sentence each, with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as left:
        port = left.getsockname()[1]
    nobody = f"http://127.0.0.1:{port}/boards/cnc"
    for url in ("rubbish", "ftp://x", "http://"):
        assert await terminal.leitai("watch", url) == (
            1,
            f"✗ There is no board at {url}. Give the address of its page, such as http://localhost:8000/boards/cnc.",
        )
    assert await terminal.leitai("watch", nobody) == (
        1,
        f"✗ Nothing answers at {nobody}. Check the address, and whether the server runs.",
    )


@pytest.mark.parametrize("port", ["-1", "65536"])
async def test_port_that_is_none_is_a_mistyped_command(terminal: Terminal, port: str) -> None:
    """Ports end at 65535."""
    code, printed = await terminal.leitai("serve", "--port", port)
    assert (code, "0<=x<=65535" in printed, "Traceback" in printed) == (2, True, False)


async def test_data_folder_that_cannot_be_is_told(terminal: Terminal) -> None:
    """A folder below a file, and one whose key cannot be read: a sentence each, with the system's reason."""
    (terminal.data / "file[").touch()
    (terminal.data / "kept" / "secret.key").mkdir(parents=True)
    for folder, why in (("file[/below]", "Not a directory"), ("kept", "Is a directory")):
        code, printed = await terminal.leitai("user", "list", "--data", folder)
        said = f"✗ The data folder {terminal.data / folder} cannot be used: {why}."
        assert (code, printed.startswith(said), printed.count("\n")) == (1, True, 0), printed


def test_note_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The note that other commands find the database by: where it cannot be written, the folder is named."""
    (tmp_path / SERVER_FILE).mkdir()
    with pytest.raises(DataFolderUnusable) as refused:
        server._leave(tmp_path / SERVER_FILE, server.RunningServer(pid=1, dsn=""))
    assert refused.value.data == {"folder": tmp_path, "why": "Is a directory"}


async def test_without_an_event_commands_say_so(terminal: Terminal) -> None:
    """Before the first event there is nothing to choose from, and the sentence says what to do instead."""
    said = "✗ There is no event yet. Start the server and add one at the desk, under “Competitions”."
    assert await terminal.leitai("export", "-f", "csv") == (1, said)
    assert await terminal.leitai("verify", "--event", "6d1f0a52-5f6e-7c4a-9d7e-2f3a4b5c6d7e") == (1, said)


async def test_without_an_event_the_demo_beside_is_named(connection: Connection, tmp_path: Path) -> None:
    """Where the demo has a database below the data folder, it is told how to mean that; not with a database elsewhere."""
    settings = read_settings(tmp_path / "my data", environment={})
    (settings.data / "demo" / "postgres").mkdir(parents=True)
    with pytest.raises(NoEventButDemo) as refused:
        await chosen_event(connection, settings, None)
    assert refused.value.data == {"folder": settings.data, "demo": f"'{settings.data / 'demo'}'"}
    with pytest.raises(NoEvent) as elsewhere:
        await chosen_event(connection, msgspec.structs.replace(settings, database_url="postgresql:///x"), None)
    assert type(elsewhere.value) is NoEvent


async def test_help_speaks_the_terminals_language(terminal: Terminal) -> None:
    """What a command, a group, a value or a mistake is called is Chinese on a Chinese terminal and English on any other."""
    for arguments, english, chinese in (
        (("-h",), "Usage: python -m competition [OPTIONS] COMMAND [ARGS]...", "用法： python -m competition [选项] 命令 [参数]..."),
        (("-h",), "  scheme  Check, try, convert, import and show marking schemes", "  scheme  检查、试算、转换、导入和显示评分方案"),
        (("-h",), "  leitai demo                              Try it.", "  leitai demo                              试用。"),
        (("roster", "-h"), "  Write the roster template; import a filled one.", "  输出报名表模板；导入填好的报名表。"),
        (("serve", "-h"), "Options:", "选项："),
        (("serve", "-h"), "  -h, --help               Show this message and exit.", "  -h, --help      显示本帮助。"),
        (
            ("serve", "-h"),
            "  --port INTEGER RANGE     Port to listen at; 0 takes a free one.  [default: 8000; 0<=x<=65535]",
            "  --port 整数     监听的端口；0 表示任取空闲端口。  [默认：8000; 0<=x<=65535]",
        ),
        (("serve", "--dta", "x"), "Error: No such option '--dta'. Did you mean '--data'?", "错误：没有选项 '--dta'。 您是否想输入 '--data'？"),
        (
            ("verify", "gone.json"),
            "Error: Invalid value for '[PACKAGE]': File 'gone.json' does not exist.",
            "错误：'[结果包]' 的值无效：文件 'gone.json' 不存在。",
        ),
    ):  # fmt: skip
        _, printed = await terminal.leitai(*arguments)
        assert english in printed.splitlines()
        _, printed = await terminal.leitai(*arguments, language="zh_CN.UTF-8")
        assert chinese in printed.splitlines()


def test_everything_has_help_in_both_languages() -> None:
    """Every command, option and argument says what it is for, and says it in Chinese as well."""

    def named(
        command: click.Command, *path: str
    ) -> Iterator[tuple[str, click.Command | click.Option | click.Argument]]:
        yield " ".join(path), command
        for parameter in command.params:
            if isinstance(parameter, click.Option | click.Argument):
                yield " ".join((*path, parameter.human_readable_name)), parameter
        for name, further in command.commands.items() if isinstance(command, click.Group) else ():
            yield from named(further, *path, name)

    helps = []
    for language in LANGUAGES:
        with speaking(language):
            helps.append({name: thing.help for name, thing in named(leitai)})
    chinese, english = helps
    assert len(english) > 40
    assert [
        name for name, said in english.items() if not said or re.search(r"[\u4e00-\u9fff]", said.replace("擂台", ""))
    ] == []
    assert [name for name, said in chinese.items() if not said or not re.search(r"[\u4e00-\u9fff]", said)] == []


async def test_several_events_must_be_told_apart(contest: Terminal) -> None:
    """With two events a command that means one lists them and asks which."""
    connection = await asyncpg.connect(contest.dsn)
    await connection.execute(
        """
        INSERT INTO event (id, competition_id, name_zh, name_en, created_at)
        SELECT gen_random_uuid(), id, '铣', 'Milling', now()
        FROM competition
        """
    )
    await connection.close()
    code, printed = await contest.leitai("export", "-f", "csv")
    assert (code, "--event" in printed, "Milling" in printed) == (1, True, True)
