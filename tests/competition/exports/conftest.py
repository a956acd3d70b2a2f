"""What the tests of exports share: a small contest with a real scheme and ledger, and the same contest in a database."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from competition.exports.honours import Honours, honours_of
from competition.exports.rules import signing_of
from competition.exports.sheet import Heading
from competition.exports.signed import Signing
from competition.ledger.actions import writing
from competition.ledger.book import Book, Shelf
from competition.plumbing.database import Connection
from competition.results.actions import publish
from competition.results.rules import EntrantLabel, publication
from competition.schemes.actions import import_scheme
from schemas.access import Person
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
from schemas.base import Text, digest
from schemas.closing import Advancement, BestOfDelegation, PercentOfBest, PlacesAward, RankKey, TeamStanding
from schemas.marks import Disqualification, Entry, Mark, MarkState, PenaltyGiven, Reopening, Seal, Withdrawal
from schemas.package import Package, PackageEntrant
from schemas.results import Publication
from schemas.scheme import Criterion, Panel, Penalty, Scheme, Stage, SubCriterion
from schemas.scheme_form import scheme_digest

NOW = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
EVENT = UUID(int=1)
CHIEF = UUID(int=20)
JUDGES = (UUID(int=21), UUID(int=22))
D = Decimal


@dataclass(frozen=True)
class World:
    """A contest with everything that tests look at."""

    heading: Heading
    package: Package

    @property
    def scheme(self) -> Scheme:
        """The marking scheme."""
        return self.package.scheme

    @property
    def publication(self) -> Publication:
        """The published list."""
        return self.package.publication

    @property
    def honours(self) -> Honours:
        """What is made of the list's totals."""
        return honours_of(self.package)

    @property
    def signing(self) -> Signing:
        """How far the sheets are signed."""
        return signing_of(self.package)


@pytest.fixture(scope="session")
def world() -> World:
    """A contest of seven: a formula, a rare hanzi, quotes; a tie, a penalty; one absent, one disqualified, one unmarked."""
    return _world(LEDGER)


@pytest.fixture(scope="session")
def forsaken(world: World) -> World:
    """The same contest when one of those who are tied has withdrawn."""
    return _world((*world.package.ledger, _withdrawal(4, len(LEDGER) + 1)))


def _world(ledger: tuple[Entry, ...]) -> World:
    book = Book(event_id=EVENT, scheme=SCHEME)
    for entry in ledger:
        book = book.with_entry(entry)
    book = book.restated(2, ENTRANTS.keys())
    return World(
        heading=HEADING,
        package=Package(
            format="leitai-package-1",
            competition=HEADING.competition,
            event=HEADING.event,
            scheme=SCHEME,
            entrants=tuple(_named(row.number) for row in _published(book).rows),
            ledger=ledger,
            publication=_published(book),
        ),
    )


def _withdrawal(number: int, position: int) -> Withdrawal:
    return Withdrawal(
        id=UUID(int=1000 + position),
        entrant_id=UUID(int=100 + number),
        lifted=False,
        by=CHIEF,
        reason="伤病",
        recorded_at=NOW - timedelta(hours=1),
    )


@pytest.fixture(scope="session")
def honoured(world: World) -> World:
    """The same marks by a scheme with a scale, awards, two team standings and places in the next tier; three delegations."""
    scheme = msgspec.structs.replace(
        world.scheme,
        scale=PercentOfBest(rounding=Rounding(places=1)),
        awards=(
            PlacesAward(id="first", name=Text(zh="一等奖", en="First prize"), count=1),
            PlacesAward(id="second", name=Text(zh="二等奖", en="Second prize"), count=2),
            BestOfDelegation(id="best", name=Text(zh="代表队最佳", en="Best of delegation")),
        ),
        teams=(
            TeamStanding(id="total", name=Text(zh="团体总分", en="Team total"), best=2),
            TeamStanding(id="places", name=Text(zh="名次均值", en="Mean place"), of="place", combine="mean"),
        ),
        advancement=Advancement(top=1, substitutes=1),
    )
    senders = dict(enumerate(("芜湖", "合肥", "合肥", "芜湖", "芜湖", "合肥", "=SUM(A1)"), start=1))
    package = world.package
    return World(
        heading=world.heading,
        package=msgspec.structs.replace(
            package,
            scheme=scheme,
            entrants=tuple(
                msgspec.structs.replace(entrant, delegation=senders[entrant.number]) for entrant in package.entrants
            ),
            publication=msgspec.structs.replace(
                package.publication,
                scheme_digest=scheme_digest(scheme),
                rows=tuple(
                    msgspec.structs.replace(row, delegation=senders[row.number]) for row in package.publication.rows
                ),
            ),
        ),
    )


@pytest.fixture
async def event_id(connection: Connection) -> UUID:
    """The same contest, written into the database by the actions that write it on the day, and published."""
    await connection.execute(
        "INSERT INTO competition (id, name_zh, name_en, place, starts_on, ends_on, time_zone, created_at)"
        " VALUES ($1, $2, $3, $4, '2026-11-22', '2026-11-22', $5, $6)",
        UUID(int=2),
        HEADING.competition.zh,
        HEADING.competition.en,
        HEADING.place,
        HEADING.time_zone,
        NOW,
    )
    await connection.execute(
        "INSERT INTO event (id, competition_id, name_zh, name_en, created_at) VALUES ($1, $2, $3, $4, $5)",
        EVENT,
        UUID(int=2),
        HEADING.event.zh,
        HEADING.event.en,
        NOW,
    )
    session = UUID(int=3)
    await connection.execute(
        "INSERT INTO session (id, event_id, number, starts_at, ends_at) VALUES ($1, $2, 1, $3, $4)",
        session,
        EVENT,
        NOW,
        NOW + timedelta(hours=3),
    )
    for person in (CHIEF, *JUDGES):
        await connection.execute(
            "INSERT INTO account (id, role, name, created_at) VALUES ($1, 'judge', '裁判', $2)", person, NOW
        )
    for entrant_id, label in ENTRANTS.items():
        await _insert_entrant(connection, entrant_id, label, session)
    shelf = Shelf()
    await import_scheme(connection, shelf, EVENT, SCHEME, actor_id=None, now=NOW)
    for part in (LEDGER[:5], LEDGER[5:]):
        async with writing(connection, shelf, EVENT, now=NOW) as pen:
            for entry in part:
                pen.add(entry)
    await connection.execute(
        "INSERT INTO score_sheet (id, event_id, entrant_id, sub_criterion, judge_id, sealed_at)"
        " SELECT gen_random_uuid(), $1, entrant.id, sub.id, $2, $3 FROM entrant CROSS JOIN unnest($4::text[]) AS sub (id)",
        EVENT,
        JUDGES[0],
        NOW,
        [sub.id for sub in SCHEME.sub_criteria()],
    )
    organiser = Person(id=CHIEF, role="organiser", name="组委会")
    await publish(connection, shelf, EVENT, "provisional", person=organiser, now=NOW)
    return EVENT


async def _insert_entrant(connection: Connection, entrant_id: UUID, label: EntrantLabel, session: UUID) -> None:
    delegation, bench = UUID(int=300 + label.number), UUID(int=400 + label.number)
    await connection.execute(
        "INSERT INTO delegation (id, event_id, code, name, quota) VALUES ($1, $2, $3, $4, 9)",
        delegation,
        EVENT,
        label.code,
        label.delegation,
    )
    await connection.execute(
        "INSERT INTO entrant (id, event_id, delegation_id, number, name, sex, document_kind, document_sealed, document_digest,"
        " document_masked, phone_sealed, phone_masked, employer, skill_level, mentor, leader, status, created_at, changed_at)"
        " VALUES ($1, $2, $3, $4, $5, 'male', 'other', '', $6, '', '', '', '', '', '', '', 'eligible', $7, $7)",
        entrant_id,
        EVENT,
        delegation,
        label.number,
        label.name,
        entrant_id.bytes,
        NOW,
    )
    await connection.execute("INSERT INTO bench (id, event_id, number) VALUES ($1, $2, $3)", bench, EVENT, label.number)
    await connection.execute(
        "INSERT INTO place_drawn (entrant_id, event_id, session_id, bench_id, code) VALUES ($1, $2, $3, $4, $5)",
        entrant_id,
        EVENT,
        session,
        bench,
        label.code,
    )


def _published(book: Book) -> Publication:
    return publication(book, ENTRANTS, number=1, status="provisional", revision=4, now=NOW)


def _named(number: int) -> PackageEntrant:
    entrant_id = UUID(int=100 + number)
    label = ENTRANTS[entrant_id]
    return PackageEntrant(id=entrant_id, code=label.code, number=number, name=label.name, delegation=label.delegation)


def _scheme() -> Scheme:
    runout = Measurement(
        id="A1.1",
        name=Text(zh="主轴径向跳动", en="Spindle runout"),
        points=D(40),
        tolerance=FixedTolerance(allowed=D("0.010")),
        credit=BandedCredit(bands=(Band(over_up_to=D("0.005"), keep=D("0.5")),)),
    )
    wiring = Deduction(
        id="A1.2",
        name=Text(zh="装配规范", en="Assembly practice"),
        points=D(20),
        items=(DeductionItem(name=Text(zh="螺钉未拧紧", en="Loose screw"), each=D(5)),),
    )
    finish = Judgement(
        id="B1.1",
        name=Text(zh="走线工艺", en="Wiring workmanship"),
        points=D(10),
        levels=tuple(Text(zh=f"等级{level}", en=f"Level {level}") for level in range(4)),
    )
    power = Binary(id="B1.2", name=Text(zh="上电正常", en="Powers up"), points=D(30))
    paper = Score(id="T1.1", name=Text(zh="卷面成绩", en="Paper"), points=D(100))
    return Scheme(
        format="leitai-scheme-1",
        code="cnc-small",
        version="1",
        name=Text(zh="数控机床装调维修工（小型）", en="CNC assembly (small)"),
        trade=Text(zh="数控机床装调维修工", en="CNC machine tool assembly"),
        stages=(
            Stage(
                id="theory",
                name=Text(zh="理论", en="Theory"),
                points=D(100),
                weight=D(30),
                criteria=(
                    Criterion(
                        id="T",
                        name=Text(zh="理论考试", en="Theory paper"),
                        points=D(100),
                        sub_criteria=(
                            SubCriterion(
                                id="T1",
                                name=Text(zh="理论试卷", en="Paper"),
                                points=D(100),
                                panel=Panel(judges=1),
                                aspects=(paper,),
                            ),
                        ),
                    ),
                ),
            ),
            Stage(
                id="practice",
                name=Text(zh="实操", en="Practice"),
                points=D(100),
                weight=D(70),
                rounding=Rounding(places=2),
                criteria=(
                    Criterion(
                        id="A",
                        name=Text(zh="机械装配", en="Mechanical assembly"),
                        points=D(60),
                        sub_criteria=(
                            SubCriterion(
                                id="A1",
                                name=Text(zh="主轴装配", en="Spindle"),
                                points=D(60),
                                panel=Panel(judges=2),
                                aspects=(runout, wiring),
                            ),
                        ),
                    ),
                    Criterion(
                        id="B",
                        name=Text(zh="电气连接", en="Electrical connection"),
                        points=D(40),
                        sub_criteria=(
                            SubCriterion(
                                id="B1",
                                name=Text(zh="电柜接线", en="Cabinet"),
                                points=D(40),
                                panel=Panel(judges=1),
                                aspects=(finish, power),
                            ),
                        ),
                    ),
                ),
            ),
        ),
        rounding=Rounding(places=2),
        ranking=(RankKey(of="total"), RankKey(of="stage", id="practice"), RankKey(of="criterion", id="A")),
        penalties=(Penalty(id="late", name=Text(zh="迟到", en="Late"), each=D(1), cap=D(3)),),
    )


class _Writer:
    """Writes the entries of a ledger with ids and moments that follow each other."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def mark(
        self,
        number: int,
        sub_criterion: str,
        judge: int,
        aspect: str,
        *values: str,
        state: MarkState = "marked",
        supersedes: UUID | None = None,
        late: bool = False,
    ) -> UUID:
        """Add a mark; returns its id."""
        mark_id, moment = self._next()
        self.entries.append(
            Mark(
                id=mark_id,
                sheet_id=UUID(int=5000 + number * 10 + judge),
                entrant_id=UUID(int=100 + number),
                sub_criterion=sub_criterion,
                judge_id=JUDGES[judge],
                device_id=None,
                aspect=aspect,
                values=tuple(D(value) for value in values),
                state=state,
                base=0,
                made_at=moment,
                recorded_at=moment,
                supersedes=supersedes,
                reason="input" if supersedes else None,
                note="",
                flags=("late",) if late else (),
            )
        )
        return mark_id

    def marks(
        self, number: int, paper: str, runout: tuple[str, str], faults: tuple[str, str], level: str, power: str
    ) -> None:
        """Add everything that is marked of one entrant."""
        self.mark(number, "T1", 0, "T1.1", paper)
        for judge in (0, 1):
            self.mark(number, "A1", judge, "A1.1", runout[judge])
            self.mark(number, "A1", judge, "A1.2", faults[judge])
        self.mark(number, "B1", 0, "B1.1", level)
        self.mark(number, "B1", 0, "B1.2", power)

    def _next(self) -> tuple[UUID, datetime]:
        number = len(self.entries) + 1
        return UUID(int=1000 + number), NOW - timedelta(hours=2) + timedelta(seconds=number)

    def seal_and_reopen(self, number: int, sub_criterion: str, judge: int) -> None:
        """Add a seal, and the chief judge's reopening of it."""
        sheet = {
            "sheet_id": UUID(int=5000 + number * 10 + judge),
            "entrant_id": UUID(int=100 + number),
            "judge_id": JUDGES[judge],
        }
        readings = {
            mark.aspect: {"mark": mark.id, "state": mark.state, "values": mark.values}
            for mark in self.entries
            if isinstance(mark, Mark) and (mark.sheet_id, mark.sub_criterion) == (sheet["sheet_id"], sub_criterion)
        }
        seal_id, moment = self._next()
        self.entries.append(
            Seal(
                id=seal_id,
                sub_criterion=sub_criterion,
                device_id=None,
                sheet_digest=digest({"sheet": sheet["sheet_id"], "readings": readings}),
                recorded_at=moment,
                **sheet,
            )
        )
        reopening_id, moment = self._next()
        self.entries.append(
            Reopening(
                id=reopening_id, sub_criterion=sub_criterion, by=CHIEF, reason="读数抄错", recorded_at=moment, **sheet
            )
        )

    def penalise(self, number: int, occurrences: int) -> None:
        """Add a penalty for being late."""
        entry_id, moment = self._next()
        self.entries.append(
            PenaltyGiven(
                id=entry_id,
                entrant_id=UUID(int=100 + number),
                penalty="late",
                occurrences=occurrences,
                by=CHIEF,
                reason="迟到",
                recorded_at=moment,
            )
        )

    def disqualify(self, number: int) -> None:
        """Add a disqualification."""
        entry_id, moment = self._next()
        self.entries.append(
            Disqualification(
                id=entry_id,
                entrant_id=UUID(int=100 + number),
                lifted=False,
                by=CHIEF,
                reason="损坏设备",
                recorded_at=moment,
            )
        )


def _ledger() -> Iterator[Entry]:
    write = _Writer()
    wrong = write.mark(1, "T1", 0, "T1.1", "50")
    write.marks(2, "80", ("0.013", "0.010"), ("0", "0"), "3", "1")
    write.seal_and_reopen(1, "T1", 0)
    write.mark(1, "T1", 0, "T1.1", "90.5", supersedes=wrong)
    for judge, faults in ((0, "0"), (1, "1")):
        write.mark(1, "A1", judge, "A1.1", "0.008")
        write.mark(1, "A1", judge, "A1.2", faults)
    write.mark(1, "B1", 0, "B1.1", "2")
    write.mark(1, "B1", 0, "B1.2", "1")
    write.mark(1, "B1", 0, "B1.2", "0", late=True)
    write.penalise(1, 1)
    for number in (3, 4):
        write.marks(number, "70", ("0.010", "0.009"), ("0", "0"), "0", "1")
    for judge, sub_criterion, aspect in ((0, "T1", "T1.1"), (0, "A1", "A1.1"), (1, "A1", "A1.1"), (0, "B1", "B1.1")):
        write.mark(5, sub_criterion, judge, aspect, state="absent")
    write.mark(6, "T1", 0, "T1.1", "60")
    write.disqualify(6)
    yield from write.entries


def _label(code: str, number: int, name: str, delegation: str) -> tuple[UUID, EntrantLabel]:
    return UUID(int=100 + number), EntrantLabel(code=code, number=number, name=name, delegation=delegation)


HEADING = Heading(
    competition=Text(zh="芜湖市职工职业技能大赛", en="Wuhu Workers' Skills Contest"),
    event=Text(zh="数控机床装调维修工", en="CNC machine tool assembly and maintenance"),
    place="芜湖市技师学院",
    time_zone="Asia/Shanghai",
)
ENTRANTS = dict(
    (
        _label("A01", 1, '=HYPERLINK("http://x.example","奖金")', '+芜湖, "经开"\n二队'),
        _label("A02", 2, "𠮷田龘", "芜湖市总工会代表队"),
        _label("A03", 3, "李明", "芜湖市总工会"),
        _label("B01", 4, "王芳", "@奇瑞"),
        _label("B02", 5, "赵六", "奇瑞"),
        _label("B03", 6, "-2+3", "奇瑞汽车"),
        _label("B04", 7, "阿卜杜热合曼·麦麦提依明江", "埃夫特"),
    )
)
SCHEME = _scheme()
LEDGER = tuple(_ledger())


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> asyncio.Queue[Process]:
    """The first process that is to set pages never ends, and is told here; later ones are what they should be."""
    start, started = asyncio.create_subprocess_exec, asyncio.Queue[Process]()

    async def start_endless(*_program: str, **pipes: Any) -> Process:
        monkeypatch.setattr(asyncio, "create_subprocess_exec", start)
        process = await start(sys.executable, "-c", "import time; time.sleep(600)", **pipes)
        started.put_nowait(process)
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", start_endless)
    return started
