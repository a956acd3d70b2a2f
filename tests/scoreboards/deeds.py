"""What is done to an event between two readings of it, at the desk and by judges: at random, by the contest's own actions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from random import Random
from typing import Any, Literal

from msgspec.structs import replace

from competition.ledger.actions import restate, writing
from competition.ledger.book import Shelf
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection, Pool
from competition.registration.actions import set_entrant_status
from competition.results import actions as results
from competition.staging import actions as staging
from competition.staging.keeper import keep
from competition.timetable import clocks
from schemas.base import Text
from schemas.boards import BoardSettings, Theme
from schemas.closing import PlacesAward, TeamStanding
from schemas.marks import Disqualification, PenaltyGiven, Withdrawal
from schemas.problems import Problem
from schemas.scheme import Scheme
from tests.competition.amendments.steps import amend
from tests.house import NOW, Contest, mark, marks_in_force, record, small_scheme

SCHEME = replace(
    small_scheme(),
    awards=(PlacesAward(id="first", name=Text(zh="一等奖", en="First prize"), count=1),),
    teams=(TeamStanding(id="teams", name=Text(zh="团体", en="Teams"), of="total", best=1),),
)
NAMES = ("欧阳", "Maximiliane", "李", "Ó Briain")


class Hall:
    """A contest that is under way, and who is at it."""

    def __init__(self, contest: Contest, pool: Pool, chance: Random) -> None:
        self.contest = contest
        self.pool = pool
        self.chance = chance
        self.id = contest.event_id
        self.who: dict[str, Any] = {"person": contest.organiser, "now": NOW}
        self.actor: dict[str, Any] = {"actor_id": contest.organiser.id, "now": NOW}

    async def do(self, connection: Connection) -> str:
        """Something, which may be refused; returns what."""
        [(name, deed)] = self.chance.choices(tuple(DEEDS.items()), [WEIGHTS.get(name, 1) for name in DEEDS])
        try:
            await deed(self, connection)
        except Problem as refusal:
            return f"{name}: {type(refusal).__name__}"
        return name

    def text(self) -> Text:
        """Some name."""
        return Text(zh=self.chance.choice(NAMES), en=self.chance.choice(NAMES))

    def entry(self) -> dict[str, Any]:
        """What entries of the jury have in common, about somebody."""
        entrant_id = self.contest.entrants[self.chance.choice(self.contest.codes)]
        return {
            "id": new_id(),
            "entrant_id": entrant_id,
            "by": self.contest.chief.id,
            "reason": "迟到",
            "recorded_at": NOW,
        }


# What judges and the jury do ----------------------------------------------------------------------------------------------


async def measured(hall: Hall, connection: Connection) -> None:
    """A reading, or its correction."""
    code, judge = hall.chance.choice(hall.contest.codes), hall.chance.choice((0, 1))
    sub_criterion, aspect, value = hall.chance.choice(
        [("T1", "T1.1", str(hall.chance.randrange(101))), ("A1", "A1.1", f"0.0{hall.chance.randrange(10, 40)}")]
    )
    judge = 0 if sub_criterion == "T1" else judge
    sheet = hall.contest.sheet(code, sub_criterion, judge)
    in_force = await marks_in_force(connection, hall.id, sheet)
    last = next((one for one in in_force if one.aspect == aspect), None)
    given = {"supersedes": last.id, "reason": "input"} if last else {}
    await record(connection, Shelf(), hall.contest, hall.contest.judges[judge], mark(sheet, aspect, value, **given))


async def punished(hall: Hall, connection: Connection) -> None:
    """A penalty, or none any more."""
    async with writing(connection, Shelf(), hall.id, now=NOW) as pen:
        pen.add(PenaltyGiven(penalty="late", occurrences=hall.chance.randrange(3), **hall.entry()))


async def taken_out(hall: Hall, connection: Connection) -> None:
    """Somebody is disqualified or leaves after a mark, or that is lifted."""
    out = hall.chance.choice((Disqualification, Withdrawal))
    async with writing(connection, Shelf(), hall.id, now=NOW) as pen:
        pen.add(out(lifted=hall.chance.random() < 0.6, **hall.entry()))


async def worked_out(hall: Hall, _: Connection) -> None:
    """What the standings come to, and what a freeze had come to."""
    await keep(hall.pool, Shelf(), hall.id)


# What the desk does -------------------------------------------------------------------------------------------------------


async def renamed(hall: Hall, connection: Connection) -> None:
    """A name is corrected, without a word to anybody."""
    entrant_id = hall.contest.entrants[hall.chance.choice(hall.contest.codes)]
    await connection.execute(
        "UPDATE entrant SET name = $2 WHERE id = $1", entrant_id, hall.chance.choice(NAMES)
    )  # fmt: skip


async def moved(hall: Hall, connection: Connection) -> None:
    """Somebody is of another delegation."""
    await connection.execute(
        "UPDATE entrant SET delegation_id = (SELECT id FROM delegation ORDER BY code OFFSET $2 LIMIT 1) WHERE id = $1",
        hall.contest.entrants[hall.chance.choice(hall.contest.codes)], hall.chance.randrange(len(hall.contest.codes)),
    )  # fmt: skip


async def status_changed(hall: Hall, connection: Connection) -> None:
    """Who has no mark withdraws, or comes back."""
    async with connection.transaction():
        status: Literal["withdrawn", "eligible"] = hall.chance.choice(("withdrawn", "eligible"))
        entrant_id = hall.contest.entrants[hall.contest.codes[-1]]
        await set_entrant_status(
            connection, entrant_id, status, reason="伤病", actor_id=hall.contest.organiser.id, now=NOW
        )
        await restate(connection, Shelf(), hall.id)


async def unblinded(hall: Hall, connection: Connection) -> None:
    """Codes are given up for names, or the other way."""
    await connection.execute("UPDATE event SET is_blind = NOT is_blind WHERE id = $1", hall.id)


async def amended(hall: Hall, connection: Connection) -> None:
    """Another scheme is in force: other names, weights and awards."""
    await amend(connection, hall.contest, otherwise(SCHEME, hall))


def otherwise(scheme: Scheme, hall: Hall) -> Scheme:
    """A scheme with other names and another penalty."""
    return replace(
        scheme,
        stages=tuple(replace(stage, name=hall.text()) for stage in scheme.stages),
        awards=tuple(replace(award, name=hall.text()) for award in scheme.awards),
        penalties=tuple(replace(one, each=one.each + hall.chance.randrange(3)) for one in scheme.penalties),
    )


async def frozen(hall: Hall, connection: Connection) -> None:
    """The boards are frozen."""
    await staging.freeze(connection, hall.id, **hall.who)


async def lifted(hall: Hall, connection: Connection) -> None:
    """The freeze is lifted."""
    await staging.lift_freeze(connection, hall.id, **hall.who)


async def published(hall: Hall, connection: Connection) -> None:
    """A draft, seldom a list that everybody sees, for not everything is signed."""
    await results.publish(connection, Shelf(), hall.id, "draft", **hall.who)


async def shown_to_all(hall: Hall, connection: Connection) -> None:
    """The newest list is for everybody, as if all had been signed; then marks are hidden."""
    async with writing(connection, Shelf(), hall.id, now=NOW) as pen:
        await connection.execute(
            """
            INSERT INTO publication (event_id, number, status, revision, body, digest, published_at)
            SELECT event_id, number + 1, 'provisional', revision, replace(body, '"draft"', '"provisional"'), digest, $2
            FROM publication
            WHERE event_id = $1
            ORDER BY number DESC
            LIMIT 1
            """,
            hall.id, NOW,
        )  # fmt: skip
        pen.announce(is_shown=True)


async def prepared(hall: Hall, connection: Connection) -> None:
    """A reveal is prepared from a draft of now."""
    order: Literal["places", "awards"] = hall.chance.choice(("places", "awards"))
    draft = await results.publish(connection, Shelf(), hall.id, "draft", **hall.who)
    await staging.prepare_reveal(connection, hall.id, draft.number, order, **hall.who)


async def stepped(hall: Hall, connection: Connection) -> None:
    """The reveal is opened or closed, goes on or back, or stands still."""
    mode: Literal["rehearsal", "live"] = hall.chance.choice(("rehearsal", "live"))
    match hall.chance.randrange(6):
        case 0:
            await staging.set_reveal_mode(connection, hall.id, hall.chance.choice(("closed", mode)), **hall.who)
        case 1:
            await staging.pause_reveal(connection, hall.id, **hall.who)
        case 2:
            await staging.resume_reveal(connection, hall.id, **hall.who)
        case _:
            await staging.step_reveal(connection, hall.id, hall.chance.randrange(4), mode=mode, **hall.who)


async def dressed(hall: Hall, connection: Connection) -> None:
    """Other colours."""
    competition_id = await connection.fetchval("SELECT competition_id FROM event WHERE id = $1", hall.id)
    colour = f"#{hall.chance.randrange(16**6):06x}"
    await staging.set_theme(connection, competition_id, Theme(name=hall.text(), primary=colour), **hall.who)


async def board_changed(hall: Hall, connection: Connection) -> None:
    """A board is opened, called otherwise, or closed."""
    match hall.chance.randrange(3):
        case 0:
            await staging.open_board(connection, hall.id, "more", "standings", hall.text(), **hall.who)
        case 1:
            columns = hall.chance.choice(((), ("theory",), ("practice", "A")))
            await staging.change_board(
                connection, hall.id, "standings", hall.text(), BoardSettings(columns=columns), **hall.who
            )
        case _:
            await staging.close_board(connection, hall.id, "more", **hall.who)


async def clock_run(hall: Hall, connection: Connection) -> None:
    """A session's clock is started, stopped, or put back, or somebody is given time."""
    match hall.chance.randrange(5):
        case 0:
            await clocks.start_clock(connection, hall.id, 1, **hall.actor)
        case 1:
            await clocks.pause_clock(connection, hall.id, 1, **{**hall.actor, "now": NOW + timedelta(minutes=9)})
        case 2:
            await clocks.resume_clock(connection, hall.id, 1, **{**hall.actor, "now": NOW + timedelta(minutes=12)})
        case 3:
            await clocks.reset_clock(connection, hall.id, 1, reason="误按", **hall.actor)
        case _:
            bench, seconds = hall.chance.randrange(1, 4), hall.chance.choice((30, 90))
            await clocks.give_time_back(connection, hall.id, 1, bench, seconds, "断电", id=new_id(), **hall.actor)


DEEDS: Mapping[str, Callable[[Hall, Connection], Awaitable[None]]] = {
    deed.__name__: deed
    for deed in (
        measured, punished, taken_out, worked_out, renamed, moved, status_changed, unblinded, amended, frozen, lifted, published,
        shown_to_all, prepared, stepped, dressed, board_changed, clock_run,
    )
}  # fmt: skip
WEIGHTS = {"measured": 16, "worked_out": 4, "stepped": 3, "clock_run": 3, "shown_to_all": 0.2}
"""How many times as often as anything else it happens."""
