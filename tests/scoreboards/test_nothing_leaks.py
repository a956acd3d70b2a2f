"""Two databases that differ only in what is hidden give the same bytes at every address of the boards, and on every stream."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import websockets
from msgspec.structs import replace

from competition.plumbing import clock
from schemas.base import Text
from schemas.boards import Theme
from schemas.results import PublishedRow
from schemas.staging import Prospect, Reveal, TeamTable, Touch
from scoreboards.hub import COALESCE_SECONDS, Hub
from tests.conftest import database_in
from tests.scoreboards.conftest import serving
from tests.scoreboards.house import KINDS, NOW, House, published_row
from tests.scoreboards.readings import AWARDS, podium_row, reach, script, team

SITE = "https://boards.example"
BOARDS = ("hall", *KINDS)
CODES = ("1-01", "1-03", "#4", "nobody")
PEOPLE = [("王伟", "芜湖", "1-01"), ("李娜", "合肥", "1-02"), ("欧阳静怡", "芜湖", "1-03"), ("赵敏", "蚌埠", None)]

Captured = dict[str, Any]


class Twin:
    """One of two databases that began as copies of each other. ``number`` (1 or 2) tells what is hidden in it."""

    def __init__(self, number: int, dsn: str, house: House, event_id: UUID, entrants: list[UUID]) -> None:
        self.number = number
        self.dsn = dsn
        self.house = house
        self.event_id = event_id
        self.entrants = entrants
        self.address = ""

    async def mark(self, *totals: str, state: str = "competing") -> None:
        """Marks of the first entrants, and what the standings come to by them."""
        ranks = {total: 1 + sum(float(other) > float(total) for other in totals) for total in totals}
        standings = [
            {
                "entrant_id": entrant, "rank": ranks[total] if state == "competing" else None, "total": total, "state": state,
                "stages": {"theory": total}, "criteria": {"A": total}, "marked": 5,
            }
            for entrant, total in zip(self.entrants, totals, strict=False)
        ]  # fmt: skip
        revision = await self.house.stand(self.event_id, standings)
        await self.house.prospect(self.event_id, self.prospect(revision, totals))

    def prospect(self, revision: int, totals: Iterable[str]) -> Prospect:
        """What these totals come to; not the same for any others."""
        marked = list(zip(self.entrants, totals, strict=False))
        at = NOW + timedelta(minutes=revision)
        place = replace(team("芜湖", 1, marked[0][1]), members=tuple(self.entrants[:1]))
        return Prospect(
            revision=revision,
            awards=AWARDS,
            winners={entrant: ("m:gold" if float(total) > 50 else "m:silver",) for entrant, total in marked},
            teams=(TeamTable(id="team", name=Text(en="Teams"), measure="total", places=(place,)),),
            reaches=tuple(
                replace(reach(1, total, f"{float(total) + 10:g}", 1, 3), entrant_id=entrant)
                for entrant, total in marked
            ),
            touched=tuple(Touch(entrant_id=entrant, column="theory", at=at) for entrant, _ in marked),
        )


def own(twin: Twin, first: str, second: str) -> str:
    """The first in one database, the second in the other."""
    return first if twin.number == 1 else second


# What differs, and whom it is hidden from ---------------------------------------------------------------------------------


async def whose_codes_these_are(twin: Twin) -> None:
    """While marking is blind: names, delegations, who is not drawn, drafts, and in one of them a reveal that is prepared."""
    await twin.house.connection.execute(
        "UPDATE entrant SET name = name || $1, number = number + $2", own(twin, "甲", "乙"), 10 * twin.number
    )
    await twin.house.connection.execute(
        "UPDATE delegation SET name = name || $1, code = code || $1", own(twin, "市", "区")
    )
    await twin.house.publish(
        twin.event_id, [published_row(1, "1-01", "王伟", own(twin, "91", "17"))], number=1, status="draft"
    )
    if twin.number == 2:
        await twin.house.reveal(twin.event_id, reveal_of(twin, "closed", 1), is_shown=False)
        await twin.house.connection.execute(
            "UPDATE prospect SET body = replace(body, '[\"m:gold\"]', '[\"m:silver\"]')"
        )
        await twin.house.connection.execute("UPDATE event SET revision = revision + 7")  # drafts that were made before
    await twin.house.notify(twin.event_id)


async def marks_and_what_they_come_to(twin: Twin) -> None:
    """Marks, totals that a penalty took from, somebody who withdrew or is ruled out, a draft, what it comes to.

    More often in one than in the other.
    """
    await twin.mark("12", "13", own(twin, "99", "7"), state=own(twin, "withdrawn", "disqualified"))
    for total in range(2 * twin.number):
        await twin.mark(str(20 + total), own(twin, "99", "7"))
    await twin.house.publish(
        twin.event_id, [published_row(1, "1-01", "王伟", own(twin, "91", "17"))], number=9, status="draft"
    )


async def marks_and_what_comes_next(twin: Twin) -> None:
    """Besides, the steps behind the curtain, and how many there are."""
    await marks_and_what_they_come_to(twin)
    await twin.house.reveal(twin.event_id, reveal_of(twin, "live", 1))


def reveal_of(twin: Twin, mode: str, step: int) -> Reveal:
    """A reveal whose first step is the same in both databases, and nothing behind it."""
    third = podium_row(3, "1-03", "欧阳静怡", "50", "best")
    rest = [podium_row(2, "1-02", "李娜", "61"), podium_row(1, "1-01", "王伟", "77")]
    if twin.number == 2:
        rest = [podium_row(1, "1-01", "王伟", "66")]
    return Reveal(
        mode=mode,  # type: ignore[arg-type]
        step=step,
        is_paused=False,
        script=script(third, *rest),
        rehearsal=script(podium_row(1, "X-1", "甲", own(twin, "1", "2"))),
    )


async def nothing_before(_: Twin) -> None:
    """What is hidden is so from the beginning."""


async def with_a_freeze(twin: Twin) -> None:
    """An open event whose boards are frozen."""
    await twin.house.connection.execute("UPDATE event SET is_blind = false")
    await twin.house.freeze(twin.event_id)


async def with_a_list(twin: Twin) -> None:
    """A result list is out."""
    await twin.house.publish(twin.event_id, list_of("77", "66"), number=5)


def list_of(*totals: str) -> list[PublishedRow]:
    """A result list of the first entrants."""
    return [
        published_row(rank, f"1-0{rank}", name, total)
        for rank, ((name, _, _), total) in enumerate(zip(PEOPLE, totals, strict=False), start=1)
    ]


Step = Callable[[Twin], Awaitable[None]]


async def names_are_told(twin: Twin) -> None:
    """Marking is blind no more."""
    await twin.house.connection.execute("UPDATE event SET is_blind = false")
    await twin.house.announce(twin.event_id)
    await asyncio.sleep(3 * COALESCE_SECONDS)


async def nothing_more(_: Twin) -> None:
    """A pass suffices to see it."""


# The two databases, and all that can be got of them ------------------------------------------------------------------------


@pytest.fixture
async def twins(postgres: str, dsn: str, house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[Twin]]:
    """Two copies of a blind event with boards of all kinds; the clock of their servers stands still."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 5, 1, 7, 0, tzinfo=NOW.tzinfo))
    monkeypatch.setattr(Hub, "age", lambda _: 0.0)
    event_id = await house.insert_event()
    await house.insert_boards(event_id)
    entrants = await house.insert_entrants(event_id, PEOPLE)
    first = Twin(1, dsn, house, event_id, entrants)
    await house.dress(event_id, Theme(name=Text(en="Finals"), primary="#102030"))
    await house.run_clock(event_id)
    await house.open_pass(event_id, "jury")
    await house.open_pass(event_id, "presenter")
    await first.mark("40", "30", "55")
    name = f"twin_{uuid4().hex}"
    admin = await asyncpg.connect(postgres)
    original = await house.connection.fetchval("SELECT current_database()")
    await house.connection.close()
    await admin.execute(f"CREATE DATABASE {name} TEMPLATE {original}")
    pair = [first, Twin(2, database_in(postgres, name), house, event_id, entrants)]
    for twin in pair:
        twin.house = House(await asyncpg.connect(twin.dsn))
    yield pair
    for twin in pair:
        await twin.house.connection.close()
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@asynccontextmanager
async def served(twins: list[Twin]) -> AsyncIterator[None]:
    """Both behind servers of their own."""
    async with AsyncExitStack() as stack:
        for twin in twins:
            twin.address = await stack.enter_async_context(serving(twin.dsn, base_url=SITE))
        yield


def addresses() -> list[str]:
    """Every address that gives something of an event."""
    forms = ("", "/state", "/embed", "/print", "/overlay")
    found = ["/boards", "/boards/nowhere", "/boards/hall?lang=en", "/boards/hall/overlay?widget=focus&entrant=1-01"]
    found += [f"/boards/{board}{form}" for board in BOARDS for form in forms]
    found += [f"/boards/hall/entrants/{quote(code)}{form}" for code in CODES for form in ("", "/state")]
    return found


def states() -> list[str]:
    """The addresses of those that are for programs, and have ETags."""
    return [address for address in addresses() if address.endswith("/state")]


async def answers(twin: Twin, wanted: Iterable[str], token: str | None = None) -> Captured:
    """Status, headers (but the time of day) and body of addresses, and a second time by its ETag."""
    captured: Captured = {}
    headers = {"host": "boards.example", "accept-language": "zh-CN"}
    async with httpx.AsyncClient(base_url=f"http://{twin.address}", headers=headers) as client:
        for address in wanted:
            url = httpx.URL(address).copy_merge_params({"pass": token} if token else {})
            captured[address] = told(answer := await client.get(url))
            client.cookies.clear()
            if etag := answer.headers.get("etag"):
                again = await client.get(url, headers={"if-none-match": etag})
                captured[f"{address} again"] = told(again)
    return captured


async def begun(twin: Twin, wanted: Iterable[str], token: str | None = None) -> Captured:
    """How streams begin."""
    captured: Captured = {}
    for stream in wanted:
        async with listening(twin, stream, token) as hear:
            captured[stream] = await hear()
    return captured


def told(answer: httpx.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    """All that an answer tells."""
    headers = sorted((name, value) for name, value in answer.headers.items() if name != "date")
    return answer.status_code, headers, answer.content


def streams() -> list[str]:
    """Every address that can be followed, by both ways."""
    paths = [*(f"/boards/{board}/live" for board in BOARDS), "/boards/hall/entrants/1-01/live"]
    return [f"{way}:{path}" for path in paths for way in ("ws", "http")]


@asynccontextmanager
async def listening(twin: Twin, stream: str, token: str | None = None) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Follow a stream; what is given gives its next message, other than that all is well."""
    way, path = stream.split(":", 1)
    query = f"?pass={token}" if token else ""
    if way == "ws":
        async with websockets.connect(f"ws://{twin.address}{path}{query}") as socket:
            yield lambda: next_of(socket.recv)
    else:
        async with (
            httpx.AsyncClient(timeout=10) as client,
            client.stream("GET", f"http://{twin.address}{path}{query}") as answer,
        ):
            blocks = events(answer)
            yield lambda: next_of(blocks.__anext__)


async def events(answer: httpx.Response) -> AsyncIterator[str]:
    """What is told on a stream, event by event."""
    block: list[str] = []
    async for line in answer.aiter_lines():
        if line:
            block.append(line)
            continue
        event, block = "\n".join(block), []
        if "data:" in event:
            yield event


async def next_of(receive: Callable[[], Awaitable[Any]]) -> str:
    """The next message that says something new."""
    async with asyncio.timeout(8):
        while True:
            message = str(await receive())
            if '"type":"status"' not in message:
                return message


def difference(first: Captured, second: Captured) -> list[str]:
    """The addresses at which two differ, in name or bytes."""
    return sorted(address for address in first.keys() | second.keys() if first.get(address) != second.get(address))


def failed(captured: Captured) -> list[str]:
    """The addresses of boards that did not answer with a board; there is no telling whether they would have leaked."""
    return [
        address
        for address, answer in captured.items()
        if answer[0] not in (200, 304)
        and not address.startswith(("/boards/nowhere", "/boards/hall/entrants", "ws:", "http:"))
    ]


# The tests ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "hidden", "unveiled", "teeth"),
    [
        (nothing_before, whose_codes_these_are, names_are_told, {"": ["/boards/hall", "/boards/medals/state", "/boards/teams"]}),
        (with_a_freeze, marks_and_what_comes_next, nothing_more, {
            "jury": ["/boards/hall", "/boards/ticker/state", "/boards/medals", "/boards/teams/state", "ws:/boards/benches/live"],
            "presenter": ["/boards/podium/state", "http:/boards/podium/live"],
        }),
        (with_a_list, marks_and_what_comes_next, nothing_more, {
            "jury": ["/boards/hall/state", "/boards/hall/entrants/1-01", "http:/boards/hall/live"],
            "presenter": ["/boards/podium"],
        }),
    ],
    ids=["blind", "frozen", "published"],
)  # fmt: skip
async def test_nothing_hidden_is_at_any_address(
    twins: list[Twin], before: Step, hidden: Step, unveiled: Step, teeth: dict[str, list[str]]
) -> None:
    """Bytes, headers and ETags are the same, when it was there before the server or came while it ran; and who may, sees it."""
    for twin in twins:
        await before(twin)
    async with served(twins):
        went_on = [await followed(twin, hidden) for twin in twins]
        ended = [await answers(twin, states()) for twin in twins]
    async with served(twins):
        begun_anew = [await answers(twin, addresses()) | await begun(twin, streams()) for twin in twins]
        for twin in twins:
            await unveiled(twin)
        seen = {
            audience: difference(*[await opened(twin, audience, teeth[audience]) for twin in twins])
            for audience in teeth
        }
    assert [difference(*pair) for pair in (went_on, ended, begun_anew)] == [[], [], []]
    assert failed(begun_anew[0]) == []
    assert seen == {audience: sorted(told) for audience, told in teeth.items()}


async def opened(twin: Twin, audience: str, wanted: Iterable[str]) -> Captured:
    """What who has the pass of an audience gets at addresses, and at the beginning of streams."""
    token = f"pass-{audience}-210001010000" if audience else None
    captured: Captured = {}
    for address in wanted:
        is_stream = not address.startswith("/")
        answer = await (begun if is_stream else answers)(twin, [address], token)
        captured[address] = answer[address]
    return captured


async def followed(twin: Twin, hidden: Step) -> Captured:
    """What all streams say from their first message on, to the next thing that everybody may see after what is hidden."""
    async with AsyncExitStack() as stack:
        hearing = {stream: await stack.enter_async_context(listening(twin, stream)) for stream in streams()}
        heard = {stream: [await hear()] for stream, hear in hearing.items()}
        await hidden(twin)
        await asyncio.sleep(3 * COALESCE_SECONDS)
        await twin.house.dress(twin.event_id, Theme(name=Text(en="Finals"), primary="#a0b0c0"))
        for stream, hear in hearing.items():
            heard[stream].append(await hear())
    return heard
