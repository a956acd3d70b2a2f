"""The demo competition: 24 entrants of eight delegations, eight practice tasks, a judge for every seat, a board of each kind."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from competition.access import actions as access
from competition.access import store as accounts
from competition.demo import people
from competition.judging import actions as judging
from competition.ledger.book import Shelf
from competition.ledger.store import scheme_of
from competition.plumbing.clock import new_id
from competition.plumbing.countdown import phase
from competition.plumbing.database import Connection
from competition.plumbing.sealing import Sealer
from competition.registration import actions as registration
from competition.registration import store as entrants
from competition.results.store import Board, boards_of
from competition.schemes import actions as schemes
from competition.schemes.files import shipped_scheme
from competition.staging import actions as staging
from competition.timetable import actions as timetable
from competition.timetable import clock_store, clocks
from schemas.access import Person, Role
from schemas.aspects import Measurement
from schemas.base import Message, Text
from schemas.boards import BoardKind
from schemas.scheme import Scheme, SubCriterion

DEMO_FILE = "demo.json"
ENTRANTS = 24
SESSIONS = 3
BENCHES = 8
ZONE = "Asia/Shanghai"
SCHEME = "cnc-machine-tool-assembly"
TRADE = Text(zh="数控机床装调维修工", en="CNC assembly and maintenance")
BOARDS: tuple[tuple[str, BoardKind, Text], ...] = (
    ("cnc", "standings", Text(zh="总排名", en="standings")),
    ("cnc-teams", "teams", Text(zh="代表队团体排名", en="delegations")),
    ("cnc-medals", "medals", Text(zh="奖项榜", en="awards by delegation")),
    ("cnc-benches", "benches", Text(zh="工位与时间", en="benches and clocks")),
    ("cnc-latest", "ticker", Text(zh="最新评分", en="latest marks")),
    ("cnc-podium", "podium", Text(zh="颁奖台", en="podium")),
)
"""The boards of the demo: address, kind, and what is said of it behind the trade."""

TIME_BACK_SECONDS = 5 * 60
TIME_BACK_REASON = "工位断电 power cut at the bench"

ROBOT = "robot"
"""The name of a robot's tablet; those of an earlier run are taken out of use."""


class Login(Message):
    """An account of the demo, to sign in with at the desk."""

    username: str
    password: str


class DemoJudge(Message):
    """A judge of the demo: the one-time link for a tablet, and the PIN."""

    name: str
    enrol_url: str
    pin: str


class DemoBoard(Message):
    """A board of the demo, what it shows, and the addresses of its page, state and live stream."""

    id: str
    url: str
    state_url: str
    live_url: str
    kind: BoardKind = "standings"


class Demo(Message):
    """What ``demo.json`` says: everything needed to try the demo, by hand or by program."""

    base_url: str
    organiser: Login
    chief_judge: Login
    judges: tuple[DemoJudge, ...]
    boards: tuple[DemoBoard, ...]
    presenter: Login | None = None


async def prepare_demo(
    connection: Connection,
    shelf: Shelf,
    sealer: Sealer,
    data: Path,
    *,
    base_url: str,
    seed: int,
    judges: int,
    now: datetime,
    scheme: Scheme | None = None,
    entrants: int = ENTRANTS,
) -> Demo:
    """Set the demo competition up, or find the one that is there, and write ``demo.json`` with fresh tablet links.

    Without a ``scheme`` it is the CNC event's own.
    """
    scheme = scheme or shipped_scheme(SCHEME)
    await access.retire_devices(connection, ROBOT, now=now)
    earlier = _read(data / DEMO_FILE)
    if earlier is None:
        earlier = await _set_up(
            connection,
            shelf,
            sealer,
            scheme,
            base_url=base_url,
            seed=seed,
            judges=judges,
            entrants=entrants,
            now=now,
        )
    presenter = earlier.presenter or await _presenter(connection, now)
    boards = await _boards(connection, earlier, now)
    by_name = {account.name: account.id for account in await accounts.accounts(connection)}
    demo = msgspec.structs.replace(
        earlier,
        base_url=base_url,
        presenter=presenter,
        judges=tuple([
            DemoJudge(
                name=judge.name, pin=judge.pin, enrol_url=await enrol_url(connection, base_url, by_name[judge.name], now=now)
            )
            for judge in earlier.judges
        ]),
        boards=tuple(_board(base_url, board) for board in boards),
    )  # fmt: skip
    write_demo(data / DEMO_FILE, demo)
    return demo


async def run_clock(connection: Connection, demo: Demo, *, now: datetime) -> None:
    """Let the clock of a session run: one that is started already goes on; else the next one starts, with time back for a bench."""
    event_id, organiser = await _event_and_organiser(connection, demo)
    sessions = (await clock_store.clocks_of(connection, event_id)).values()
    if any(phase(session, now, TIME_BACK_SECONDS) in {"running", "last", "paused"} for session in sessions):
        return
    coming = next((session.number for session in sessions if session.started_at is None), None)
    if coming is None:
        return
    await clocks.start_clock(connection, event_id, coming, actor_id=organiser.id, now=now)
    benches = (await clock_store.bench_times_of(connection, event_id)).get(coming, ())
    seconds, reason, by = TIME_BACK_SECONDS, TIME_BACK_REASON, organiser.id
    for place in benches[:3][-1:]:
        if not place.extra:
            await clocks.give_time_back(
                connection, event_id, coming, place.bench, seconds, reason, id=new_id(), actor_id=by, now=now
            )


async def enrol_url(connection: Connection, base_url: str, judge_id: UUID, *, now: datetime) -> str:
    """A fresh one-time link for a judge's tablet."""
    return f"{base_url}/judge/enrol/{await access.open_enrolment(connection, judge_id, now=now)}"


def write_demo(path: Path, demo: Demo) -> None:
    """Write the file whole or not at all; only its owner may read it, since it holds passwords."""
    unfinished = path.with_suffix(".new")
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(demo), indent=2) + b"\n")
    unfinished.replace(path)


async def _set_up(
    connection: Connection,
    shelf: Shelf,
    sealer: Sealer,
    scheme: Scheme,
    *,
    base_url: str,
    seed: int,
    judges: int,
    entrants: int,
    now: datetime,
) -> Demo:
    chance = Random(seed)
    organiser, chief = (Login(username=name, password=secrets.token_urlsafe(9)) for name in ("organiser", "chief"))
    actor = await _account(connection, "赛事组委会", "organiser", organiser, now=now)
    await _account(connection, "裁判长 石敬之", "chief_judge", chief, now=now)
    event_id = await _event(connection, actor, now)
    await schemes.import_scheme(connection, shelf, event_id, scheme, actor_id=actor, now=now)
    await _entrants(connection, event_id, sealer, people.roster_csv(chance, entrants=entrants), actor, now)
    await timetable.lay_sessions(connection, event_id, _times(now), benches=BENCHES, actor_id=actor, now=now)
    await timetable.draw(connection, shelf, event_id, seed=f"leitai-demo-{seed}", actor_id=actor, now=now)
    seated = await _judges(connection, event_id, scheme, people.judges(chance, judges + 1), actor, now)
    await judging.lay_out_sheets(connection, event_id)
    return Demo(base_url=base_url, organiser=organiser, chief_judge=chief, judges=seated, boards=())


async def _account(connection: Connection, name: str, role: Role, login: Login, *, now: datetime) -> UUID:
    return await access.add_account(connection, name, role, username=login.username, password=login.password, now=now)


async def _presenter(connection: Connection, now: datetime) -> Login | None:
    """Somebody to present the reveal; a demo of an earlier Leitai has nobody yet, or somebody else who is called so."""
    login = Login(username="presenter", password=secrets.token_urlsafe(9))
    if await accounts.account_named(connection, login.username):
        return None
    await _account(connection, "主持人 陆知音", "presenter", login, now=now)
    return login


async def _boards(connection: Connection, earlier: Demo, now: datetime) -> tuple[Board, ...]:
    """The boards of the demo. Those that an earlier Leitai did not know are opened now; who closes one does not find it again."""
    event_id, person = await _event_and_organiser(connection, earlier)
    scheme = await scheme_of(connection, event_id)
    opened = {board.id for board in await boards_of(connection, event_id)}
    known = opened | {board.id for board in earlier.boards} if opened else set()
    for board_id, kind, what in BOARDS:
        has_none = scheme is None or (kind == "teams" and not scheme.teams) or (kind == "medals" and not scheme.awards)
        if board_id not in known and not has_none:
            title = Text(zh=f"{TRADE.zh} {what.zh}", en=f"{TRADE.en}: {what.en}")
            await staging.open_board(connection, event_id, board_id, kind, title, person=person, now=now)
    return await boards_of(connection, event_id)


async def _event_and_organiser(connection: Connection, demo: Demo) -> tuple[UUID, Person]:
    organiser = await accounts.account_named(connection, demo.organiser.username)
    assert organiser is not None  # noqa: S101 - it is in the file that was written with it
    [event, *_] = await entrants.every_event(connection)
    return event.id, Person(id=organiser.id, role=organiser.role, name=organiser.name)


async def _event(connection: Connection, actor: UUID, now: datetime) -> UUID:
    today = now.astimezone(ZoneInfo(ZONE)).date()
    competition_id = await registration.create_competition(
        connection,
        Text(zh="擂台演示赛：江城杯职工职业技能大赛", en="Leitai demo: Jiangcheng Cup workers' skills competition"),
        place="芜湖 Wuhu",
        starts_on=today,
        ends_on=today,
        time_zone=ZONE,
        actor_id=actor,
        now=now,
    )
    return await registration.create_event(
        connection,
        competition_id,
        Text(zh="数控机床装调维修工", en="CNC machine tool assembly, adjustment and maintenance"),
        is_blind=True,
        actor_id=actor,
        now=now,
    )


async def _entrants(
    connection: Connection, event_id: UUID, sealer: Sealer, roster: bytes, actor: UUID, now: datetime
) -> None:
    for code, name in people.DELEGATIONS:
        await registration.add_delegation(connection, event_id, code=code, name=name, quota=3, actor_id=actor, now=now)
    plan = await registration.plan_import(connection, event_id, "roster.csv", roster, sealer=sealer)
    await registration.import_roster(
        connection, event_id, "roster.csv", roster, file_digest=plan.file_digest, sealer=sealer, now=now, actor_id=actor
    )
    for entrant in await entrants.entrants_of(connection, event_id):
        await registration.set_entrant_status(connection, entrant.id, "eligible", actor_id=actor, now=now)


async def _judges(
    connection: Connection, event_id: UUID, scheme: Scheme, seats: Sequence[people.Judge], actor: UUID, now: datetime
) -> tuple[DemoJudge, ...]:
    """Make the judges and seat them; the first is left to whoever tries the demo and sits where there is most to measure."""
    ids, known = [], []
    for judge in seats:
        pin = access.new_pin()
        ids.append(await access.add_account(connection, judge.name, "judge", employer=judge.employer, pin=pin, now=now))
        known.append(DemoJudge(name=judge.name, enrol_url="", pin=pin))
    for sub_criterion, panel in panels(scheme, ids).items():
        await judging.seat_panel(connection, event_id, sub_criterion, panel, actor_id=actor, now=now)
    return tuple(known)


def panels(scheme: Scheme, judges: Sequence[UUID]) -> dict[str, list[UUID]]:
    """Who marks what: the first judge one seat, all others in turn, nobody twice on one panel."""
    first, robots = judges[0], list(judges[1:]) or [judges[0]]
    subs = list(scheme.sub_criteria())
    theirs = max((sub for sub in subs if sub.panel.judges > 1), key=_kinds, default=subs[0])
    turn, seated = 0, {}
    for sub in subs:
        panel = [first] if sub is theirs else []
        while len(panel) < sub.panel.judges and not set(robots) <= set(panel):
            if robots[turn % len(robots)] not in panel:
                panel.append(robots[turn % len(robots)])
            turn += 1
        seated[sub.id] = panel
    return seated


def _kinds(sub: SubCriterion) -> tuple[bool, int, int]:
    kinds = {type(aspect) for aspect in sub.aspects}
    return Measurement in kinds, len(kinds), len(sub.aspects)


def _times(now: datetime) -> list[tuple[datetime, datetime]]:
    """Three sessions of three hours, the first this morning."""
    day = datetime.combine(now.astimezone(ZoneInfo(ZONE)).date(), time(8, 0), ZoneInfo(ZONE))
    starts = [day + timedelta(hours=number * 3.5) for number in range(SESSIONS)]
    return [(start, start + timedelta(hours=3)) for start in starts]


def _board(base_url: str, board: Board) -> DemoBoard:
    url = f"{base_url}/boards/{board.id}"
    live = url.replace("http", "ws", 1) + "/live"
    return DemoBoard(id=board.id, kind=board.kind, url=url, state_url=f"{url}/state", live_url=live)


def _read(path: Path) -> Demo | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Demo)
    except (OSError, msgspec.DecodeError):
        return None
