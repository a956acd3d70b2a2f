"""A small contest for tests, founded by the contest's own actions; what tablets send to it; and an oracle for what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import httpx
import msgspec

from competition.access import actions as access
from competition.demo import people
from competition.exports.findings import Finding
from competition.exports.verify import verify_database
from competition.judging import actions as judging
from competition.judging import signing
from competition.judging.actions import Submission
from competition.judging.clerk import Outcome
from competition.ledger import store as ledger
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.sealing import Sealer
from competition.registration import actions as registration
from competition.schemes.actions import import_scheme
from competition.scoring.ranking import rank
from competition.scoring.record import EntrantRecord, fold_all
from competition.scoring.tally import tally
from competition.timetable import actions as timetable
from schemas.access import Person, Role
from schemas.aspects import (
    Band,
    BandedCredit,
    Binary,
    Deduction,
    DeductionItem,
    FixedTolerance,
    Judgement,
    Measurement,
    Rounding,
    Score,
)
from schemas.base import Command, Text, canonical
from schemas.closing import RankKey
from schemas.marks import Entry, Mark, Receipt, RecordMark, RecordMarks, SealSheet
from schemas.results import Standing
from schemas.scheme import Criterion, Panel, Penalty, Scheme, Stage, SubCriterion
from tests.site import Browser, Site

NOW = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
PIN = "246810"
SEALER = Sealer(b"s" * 32)
"""The same key as the running site's (``tests/site.py``)."""

Sheets = Mapping[tuple[str, str, int], UUID]


@dataclass(frozen=True)
class Contest:
    """An event that is ready to be marked. Judge 0 marks T1 and A1, judge 1 marks A1 and B1; entrants are known by their codes."""

    event_id: UUID
    scheme: Scheme
    organiser: Person
    chief: Person
    judges: tuple[Person, ...]
    entrants: dict[str, UUID]
    names: dict[str, str]
    sheets: Sheets

    @property
    def codes(self) -> tuple[str, ...]:
        """All entrants' codes, in order."""
        return tuple(sorted(self.entrants))

    def sheet(self, code: str, sub_criterion: str, judge: int) -> UUID:
        """The sheet of this judge (by place in ``judges``) for this entrant and sub-criterion."""
        return self.sheets[code, sub_criterion, judge]


SEATS = {"T1": (0,), "A1": (0, 1), "B1": (1,)}

GOOD: Mapping[str, tuple[str, ...]] = {
    "T1.1": ("80",),
    "A1.1": ("0.008",),
    "A1.2": ("1",),
    "B1.1": ("2",),
    "B1.2": ("1",),
}
"""A reading for every aspect: 80 points of theory; 40 + 15 of assembly, 6.666… + 20 of wiring."""


def small_scheme(*, measurers: int | None = None) -> Scheme:
    """Theory 30 %, practice 70 % in two tasks, one of them before two judges; ties go to practice; being late costs a point.

    ``measurers``: how many of the two measure, where not both do.
    """
    runout = Measurement(
        id="A1.1",
        name=Text(zh="主轴径向跳动", en="Spindle runout"),
        points=Decimal(40),
        tolerance=FixedTolerance(allowed=Decimal("0.010")),
        credit=BandedCredit(bands=(Band(over_up_to=Decimal("0.005"), keep=Decimal("0.5")),)),
        judges=measurers,
    )
    practice = Deduction(
        id="A1.2",
        name=Text(zh="装配规范", en="Assembly practice"),
        points=Decimal(20),
        items=(DeductionItem(name=Text(zh="螺钉未拧紧", en="Loose screw"), each=Decimal(5)),),
    )
    finish = Judgement(
        id="B1.1",
        name=Text(zh="走线工艺", en="Wiring workmanship"),
        points=Decimal(10),
        levels=(
            Text(zh="很差", en="Poor"),
            Text(zh="一般", en="Fair"),
            Text(zh="良好", en="Good"),
            Text(zh="优秀", en="Excellent"),
        ),
    )
    power = Binary(id="B1.2", name=Text(zh="上电正常", en="Powers up"), points=Decimal(30))
    paper = Score(id="T1.1", name=Text(zh="卷面成绩", en="Paper"), points=Decimal(100))
    return Scheme(
        format="leitai-scheme-1",
        code="small",
        version="1",
        name=Text(zh="小方案", en="Small scheme"),
        trade=Text(zh="数控机床装调维修工", en="CNC machine tool assembly"),
        stages=(
            Stage(
                id="theory",
                name=Text(zh="理论", en="Theory"),
                points=Decimal(100),
                weight=Decimal(30),
                criteria=(_task("T", "理论考试", "Theory paper", 100, (_sub("T1", 100, 1, (paper,)),)),),
            ),
            Stage(
                id="practice",
                name=Text(zh="实操", en="Practice"),
                points=Decimal(100),
                weight=Decimal(70),
                criteria=(
                    _task("A", "机械装配", "Assembly", 60, (_sub("A1", 60, 2, (runout, practice)),)),
                    _task("B", "电气连接", "Wiring", 40, (_sub("B1", 40, 1, (finish, power)),)),
                ),
            ),
        ),
        rounding=Rounding(places=2),
        ranking=(RankKey(of="total"), RankKey(of="stage", id="practice")),
        penalties=(Penalty(id="late", name=Text(zh="迟到", en="Late"), each=Decimal(1), cap=Decimal(3)),),
    )


async def found_contest(
    connection: Connection,
    *,
    entrants: int = 3,
    pin: str | None = None,
    employers: Sequence[str] = ("", ""),
    scheme: Scheme | None = None,
) -> Contest:
    """An event with entrants from a roster, a draw, seated panels and score sheets; a ``pin`` is for the judges' tablets."""
    scheme = scheme or small_scheme()
    async with connection.transaction():  # one commit for all that is founded: each would wait for the disk
        organiser = await add_person(connection, "organiser")
        chief = await add_person(connection, "chief_judge")
        judges = tuple([await add_person(connection, "judge", employer=employer, pin=pin) for employer in employers])
        event_id = await found_event(connection, organiser)
        await import_scheme(connection, Shelf(), event_id, scheme, actor_id=organiser.id, now=NOW)
        await register(connection, event_id, organiser, entrants)
        session = (NOW, NOW + timedelta(hours=3))
        await timetable.lay_sessions(connection, event_id, [session], benches=entrants, actor_id=organiser.id, now=NOW)
        await timetable.draw(connection, Shelf(), event_id, seed="a seed", actor_id=organiser.id, now=NOW)
        for sub_criterion, seats in SEATS.items():
            seated = [judges[seat].id for seat in seats]
            await judging.seat_panel(connection, event_id, sub_criterion, seated, actor_id=organiser.id, now=NOW)
        await judging.lay_out_sheets(connection, event_id)
    rows = await connection.fetch(
        "SELECT code, entrant_id, name FROM place_drawn JOIN entrant ON entrant.id = entrant_id WHERE place_drawn.event_id = $1",
        event_id,
    )
    return Contest(
        event_id=event_id,
        scheme=scheme,
        organiser=organiser,
        chief=chief,
        judges=judges,
        entrants={row["code"]: row["entrant_id"] for row in rows},
        names={row["code"]: row["name"] for row in rows},
        sheets=await sheets_of(connection, event_id, judges),
    )


async def found_event(connection: Connection, organiser: Person) -> UUID:
    """A competition with one event, of which nothing is known yet but the name."""
    competition_id = await registration.create_competition(
        connection,
        Text(zh="芜湖市职工职业技能大赛", en="Wuhu Workers' Skills Contest"),
        place="芜湖",
        starts_on=date(2026, 5, 1),
        ends_on=date(2026, 5, 2),
        time_zone="Asia/Shanghai",
        actor_id=organiser.id,
        now=NOW,
    )
    name = Text(zh="数控机床装调维修工", en="CNC machine tool assembly and maintenance")
    return await registration.create_event(connection, competition_id, name, actor_id=organiser.id, now=NOW)


async def register(connection: Connection, event_id: UUID, organiser: Person, entrants: int) -> None:
    """So many entrants, imported from a roster and passed as eligible."""
    for code, name in people.DELEGATIONS[:entrants]:
        await registration.add_delegation(
            connection, event_id, code=code, name=name, quota=99, actor_id=organiser.id, now=NOW
        )
    roster = people.roster_csv(Random(7), entrants=entrants)
    plan = await registration.plan_import(connection, event_id, "roster.csv", roster, sealer=SEALER)
    assert plan.bad_cells == ()
    await registration.import_roster(
        connection,
        event_id,
        "roster.csv",
        roster,
        file_digest=plan.file_digest,
        sealer=SEALER,
        actor_id=organiser.id,
        now=NOW,
    )
    await registration.confirm_registered(connection, event_id, actor_id=organiser.id, now=NOW)


async def add_person(
    connection: Connection, role: Role, *, employer: str = "", pin: str | None = None, name: str | None = None
) -> Person:
    """An account of this role, without a way to sign in but by PIN."""
    name = name or f"{role} {new_id().hex[-6:]}"
    account_id = await access.add_account(connection, name, role, employer=employer, pin=pin, now=NOW)
    return Person(id=account_id, role=role, name=name, employer=employer)


async def sheets_of(
    connection: Connection, event_id: UUID, judges: Sequence[Person]
) -> dict[tuple[str, str, int], UUID]:
    """All score sheets by code, sub-criterion and the judge's place in ``judges``."""
    places = {judge.id: place for place, judge in enumerate(judges)}
    rows = await connection.fetch(
        """
        SELECT place_drawn.code, score_sheet.sub_criterion, score_sheet.judge_id, score_sheet.id
        FROM score_sheet
        JOIN place_drawn ON place_drawn.entrant_id = score_sheet.entrant_id
        WHERE score_sheet.event_id = $1
        """,
        event_id,
    )
    return {(row["code"], row["sub_criterion"], places[row["judge_id"]]): row["id"] for row in rows}


# What tablets send ----------------------------------------------------------------------------------------------------


def mark(sheet_id: UUID, aspect: str, *values: str, **changes: Any) -> RecordMark:
    """A mark as a tablet makes it, with an id of its own."""
    readings = tuple(Decimal(value) for value in values)
    made = RecordMark(id=new_id(), sheet_id=sheet_id, aspect=aspect, base=0, made_at=NOW, values=readings)
    return msgspec.structs.replace(made, **changes)


def sent(person: Person, *marks: RecordMark, sent_at: datetime = NOW) -> Submission:
    """One request of a judge's tablet."""
    return Submission(person=person, command=RecordMarks(sent_at=sent_at, marks=marks))


async def record(
    connection: Connection, shelf: Shelf, contest: Contest, person: Person, *marks: RecordMark, now: datetime = NOW
) -> tuple[Outcome, ...]:
    """Record the marks of one tablet's request that was sent at ``now``."""
    submission = sent(person, *marks, sent_at=now)
    [outcomes] = await judging.record_marks(connection, shelf, contest.event_id, [submission], now=now)
    return outcomes


def marks_for(
    contest: Contest, code: str, readings: Mapping[str, tuple[str, ...]] = GOOD
) -> list[tuple[Person, RecordMark]]:
    """Every mark of one entrant, by every judge who marks them: the same readings from all."""
    return [
        (contest.judges[judge], mark(sheet_id, aspect.id, *readings[aspect.id]))
        for (of_code, sub_criterion, judge), sheet_id in sorted(contest.sheets.items())
        if of_code == code
        for aspect in _sub_of(contest.scheme, sub_criterion).aspects
        if aspect.id in readings
    ]


def as_recorded(contest: Contest, made: Iterable[tuple[Person, RecordMark]]) -> list[Mark]:
    """The ledger's marks, had each of these come once, in order, without anything to flag."""
    places = {sheet_id: (code, sub_criterion) for (code, sub_criterion, _), sheet_id in contest.sheets.items()}
    return [
        Mark(
            id=command.id,
            sheet_id=command.sheet_id,
            entrant_id=contest.entrants[places[command.sheet_id][0]],
            sub_criterion=places[command.sheet_id][1],
            judge_id=person.id,
            device_id=person.device_id,
            aspect=command.aspect,
            values=command.values,
            state=command.state,
            base=command.base,
            made_at=command.made_at,
            recorded_at=NOW,
            supersedes=command.supersedes,
            reason=command.reason,
            note=command.note,
            flags=(),
        )
        for person, command in made
    ]


async def mark_all(
    connection: Connection,
    shelf: Shelf,
    contest: Contest,
    readings: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
) -> None:
    """Mark every aspect of everybody; ``readings`` by code say what differs from ``GOOD``."""
    made = [
        sent(person, command)
        for code in contest.codes
        for person, command in marks_for(contest, code, {**GOOD, **(readings or {}).get(code, {})})
    ]
    outcomes = await judging.record_marks(connection, shelf, contest.event_id, made, now=NOW)
    assert all(isinstance(outcome, Receipt) and not outcome.flags for row in outcomes for outcome in row)


async def seal(
    connection: Connection, shelf: Shelf, contest: Contest, sheet_id: UUID, *, now: datetime = NOW
) -> Receipt:
    """Sign a sheet as its judge reads it."""
    judge = next(contest.judges[place] for (_, _, place), sheet in contest.sheets.items() if sheet == sheet_id)
    in_force = await marks_in_force(connection, contest.event_id, sheet_id)
    command = SealSheet(id=new_id(), marks=tuple(mark.id for mark in in_force))
    return await signing.seal_score_sheet(connection, shelf, sheet_id, command, person=judge, now=now)


async def seal_all(connection: Connection, shelf: Shelf, contest: Contest) -> None:
    """Sign every sheet."""
    for _, sheet_id in sorted(contest.sheets.items()):
        await seal(connection, shelf, contest, sheet_id)


async def marks_in_force(connection: Connection, event_id: UUID, sheet_id: UUID) -> tuple[Mark, ...]:
    """The marks that stand on a sheet."""
    cells = {
        entry.aspect: entry
        for entry in await ledger.entries(connection, event_id)
        if isinstance(entry, Mark) and entry.sheet_id == sheet_id and entry.has_effect()
    }
    return tuple(cells.values())


def receipt_of(outcome: Outcome) -> Receipt:
    """The receipt that this outcome is."""
    assert isinstance(outcome, Receipt), outcome
    return outcome


# Over HTTP ------------------------------------------------------------------------------------------------------------


async def tablet_of(site: Site, connection: Connection, person: Person) -> Browser:
    """A tablet of this judge: enrolled by a one-time link and unlocked with the PIN, as on the day."""
    tablet = await enrolled_tablet(site, connection, person)
    answer = await tablet.submit("/judge/unlock", {"pin": PIN})
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
    return tablet


async def enrolled_tablet(site: Site, connection: Connection, person: Person) -> Browser:
    """A tablet of this judge that still asks for the PIN."""
    token = await access.open_enrolment(connection, person.id, now=datetime.now(UTC))
    tablet = await site.visitor()
    answer = await tablet.submit(f"/judge/enrol/{token}", {"name": "a tablet"})
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
    return tablet


async def send(browser: Browser, method: str, path: str, body: Command | bytes) -> httpx.Response:
    """Send JSON as a page's script does."""
    if "leitai_csrf" not in browser.cookies:
        await browser.get("/sign-in")
    headers = {
        "accept": "application/json",
        "content-type": "application/json",
        "x-csrftoken": browser.cookies["leitai_csrf"],
    }
    content = body if isinstance(body, bytes) else canonical(body)
    return await browser.request(method, path, content=content, headers=headers)


# What it comes to -----------------------------------------------------------------------------------------------------


async def stored_standings(connection: Connection, contest: Contest) -> dict[UUID, Standing]:
    """The standings in the database, without the revisions that made them."""
    stored = await ledger.standings_of(connection, contest.event_id)
    return {
        entrant_id: msgspec.structs.replace(standing, revision=0)
        for entrant_id, standing in sorted(stored.items(), key=lambda item: item[0].int)
    }


async def recomputed_standings(connection: Connection, contest: Contest) -> dict[UUID, Standing]:
    """The standings as they follow from the ledger alone, folded from its first entry."""
    return standings_from(contest, await ledger.entries(connection, contest.event_id))


def standings_from(contest: Contest, entries: Iterable[Entry]) -> dict[UUID, Standing]:
    """The standings of a contest after these entries."""
    written = list(entries)
    tallies = {
        entrant_id: tally(
            contest.scheme,
            fold_all(
                EntrantRecord(entrant_id=entrant_id), (entry for entry in written if entry.entrant_id == entrant_id)
            ),
        )
        for entrant_id in contest.entrants.values()
    }
    return {
        place.entrant_id: Standing(
            entrant_id=place.entrant_id,
            revision=0,
            rank=place.rank,
            shared=place.shared,
            state=tallies[place.entrant_id].state,
            total=tallies[place.entrant_id].total,
            stages=tallies[place.entrant_id].stages,
            criteria=tallies[place.entrant_id].criteria,
            marked=tallies[place.entrant_id].marked,
            expected=tallies[place.entrant_id].expected,
        )
        for place in sorted(rank(contest.scheme, tallies.values()), key=lambda place: place.entrant_id.int)
    }


async def findings(connection: Connection, contest: Contest) -> tuple[Finding, ...]:
    """What a verification of the event finds: nothing, as long as ledger, head, checkpoints, lists and standings agree."""
    return (await verify_database(connection, contest.event_id, printed=None)).findings


def _sub_of(scheme: Scheme, sub_criterion: str) -> SubCriterion:
    sub = scheme.sub_criterion(sub_criterion)
    assert sub is not None
    return sub


def _task(id: str, zh: str, en: str, points: int, subs: tuple[SubCriterion, ...]) -> Criterion:
    return Criterion(id=id, name=Text(zh=zh, en=en), points=Decimal(points), sub_criteria=subs)


def _sub(id: str, points: int, judges: int, aspects: tuple[Any, ...]) -> SubCriterion:
    return SubCriterion(
        id=id,
        name=Text(zh=f"单元 {id}", en=f"Unit {id}"),
        points=Decimal(points),
        panel=Panel(judges=judges),
        aspects=aspects,
    )
