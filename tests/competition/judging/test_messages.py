"""Messages of the hall: who may say what to whom, once, and who reads it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from competition.access.store import insert_device
from competition.judging import messages, rules
from competition.judging.messages import ProblemLine, problems_of, say
from competition.judging.messages_store import StoredMessage, message_with, messages_for, readers_of
from competition.plumbing.clock import new_id
from competition.plumbing.database import Connection
from competition.plumbing.listening import HALL
from schemas.access import Person
from schemas.marks import Say
from schemas.problems import NotAllowed, NotFound, Problem
from schemas.tablet import HallMessage
from tests.house import NOW, Contest, add_person, found_contest

LATER = NOW + timedelta(minutes=5)


async def test_a_problem_is_answered_and_its_judge_is_told(connection: Connection) -> None:
    """A judge's problem is about a sheet of their own; the answer is about the same, and for that judge alone."""
    contest = await found_contest(connection)
    judge = await on_tablet(connection, contest.judges[0])
    code, sheet_id = contest.codes[0], contest.sheet(contest.codes[0], "A1", 0)
    problem = Say(id=new_id(), words="  千分表坏了\n请换一块 ", sheet_id=sheet_id, aspect="A1.1")
    answer = Say(id=new_id(), words="已送去", answers=problem.id)
    told = await say(connection, contest.event_id, problem, judge, NOW)
    back = await say(connection, contest.event_id, answer, contest.chief, LATER)
    assert told == HallMessage(
        id=problem.id,
        event_id=contest.event_id,
        kind="problem",
        sender=judge.name,
        words="千分表坏了\n请换一块",
        sheet_id=sheet_id,
        code=code,
        aspect="A1.1",
        answers=None,
        said_at=NOW,
    )
    assert back == HallMessage(
        id=answer.id,
        event_id=contest.event_id,
        kind="answer",
        sender=contest.chief.name,
        words="已送去",
        sheet_id=sheet_id,
        code=code,
        aspect="A1.1",
        answers=problem.id,
        said_at=LATER,
    )
    assert await messages_for(connection, judge.id) == (told, back)
    assert await messages_for(connection, contest.judges[1].id) == ()
    assert await message_with(connection, answer.id) == StoredMessage(
        message=back, sender_id=contest.chief.id, to_id=judge.id
    )
    assert await problems_of(connection, contest.event_id) == (
        ProblemLine(problem=told, judge_id=judge.id, answers=(back,)),
    )


async def test_a_notice_is_for_one_judge_or_for_all_of_the_event(connection: Connection) -> None:
    """Judges of another event read neither; who joins a panel later reads what was said to all."""
    contest, elsewhere = await found_contest(connection), await found_contest(connection)
    first, second = contest.judges
    to_one = await say(
        connection, contest.event_id, Say(id=new_id(), words="请到裁判席", to=first.id), contest.chief, NOW
    )
    to_all = await say(connection, contest.event_id, Say(id=new_id(), words="休息十分钟"), contest.chief, LATER)
    assert [(message.kind, message.sheet_id) for message in (to_one, to_all)] == [("notice", None)] * 2
    assert {person.id: await messages_for(connection, person.id) for person in (first, second, *elsewhere.judges)} == {
        first.id: (to_one, to_all),
        second.id: (to_all,),
        elsewhere.judges[0].id: (),
        elsewhere.judges[1].id: (),
    }
    assert await problems_of(connection, contest.event_id) == ()
    newcomer = await add_person(connection, "judge")
    await connection.execute("INSERT INTO panel_seat VALUES ($1, 'T1', $2)", contest.event_id, newcomer.id)
    assert await messages_for(connection, newcomer.id) == (to_all,)


async def test_a_message_names_its_readers(connection: Connection) -> None:
    """A problem is on the tablets of its judge, an answer on those of whom it answers, a notice on one's or everybody's."""
    contest = await found_contest(connection)
    first, second = contest.judges
    judge = await on_tablet(connection, first)
    problem = Say(id=new_id(), words="没有图纸")
    said = [
        (problem, judge),
        (Say(id=new_id(), words="马上", answers=problem.id), contest.chief),
        (Say(id=new_id(), words="请到裁判席", to=second.id), contest.chief),
        (Say(id=new_id(), words="开始"), contest.chief),
    ]
    readers = []
    for command, person in said:
        await say(connection, contest.event_id, command, person, NOW)
        stored = await message_with(connection, command.id)
        assert stored is not None
        readers.append(await readers_of(connection, stored))
    assert readers == [{first.id}, {first.id}, {second.id}, {first.id, second.id}]


async def test_a_message_sent_again_is_said_once(dsn: str, connection: Connection) -> None:
    """A lost answer and a race: one row, one telling, the same answer; another content under the id is refused."""
    contest, elsewhere = await found_contest(connection), await found_contest(connection)
    judge = await on_tablet(connection, contest.judges[0])
    sheet_id = contest.sheet(contest.codes[0], "A1", 0)
    command = Say(id=new_id(), words="量块不对", sheet_id=sheet_id)
    listener, other = [await asyncpg.connect(dsn) for _ in range(2)]
    heard: list[object] = []
    await listener.add_listener(HALL, lambda *told: heard.append(msgspec.json.decode(told[-1])))
    first, at_once = await asyncio.gather(
        say(connection, contest.event_id, command, judge, NOW), say(other, contest.event_id, command, judge, NOW)
    )
    assert at_once == first == await say(connection, contest.event_id, command, judge, LATER)
    change = msgspec.structs.replace
    for unlike, event_id, person in (
        (change(command, words="量块对"), contest.event_id, judge),
        (change(command, sheet_id=None), contest.event_id, judge),
        (change(command, aspect="A1.1"), contest.event_id, judge),
        (change(command, to=judge.id), contest.event_id, contest.chief),
        (command, elsewhere.event_id, judge),
        (command, contest.event_id, contest.judges[1]),
    ):
        with pytest.raises(rules.EntryIdReused):
            await say(connection, event_id, unlike, person, NOW)
    await listener.execute("SELECT 1")
    assert heard == [{"event_id": str(contest.event_id), "what": "message", "id": str(command.id)}]
    assert await messages_for(connection, judge.id) == (first,)
    await listener.close()
    await other.close()


async def test_who_may_not_speak_is_not_heard(connection: Connection) -> None:
    """No judge of the event, no own sheet, no chief judge, no such problem or reader: each with its own sentence."""
    contest, elsewhere = await found_contest(connection), await found_contest(connection)
    judge, other = [await on_tablet(connection, person) for person in contest.judges]
    stranger = await on_tablet(connection, elsewhere.judges[0])
    sheet_id, foreign = contest.sheet(contest.codes[0], "A1", 0), elsewhere.sheet(elsewhere.codes[0], "A1", 0)
    problem = Say(id=new_id(), words="没有图纸")
    await say(connection, contest.event_id, problem, judge, NOW)
    notice = Say(id=new_id(), words="开始")
    await say(connection, contest.event_id, notice, contest.chief, NOW)
    chief = contest.chief
    assert [
        await _refused(connection, contest, stranger),
        await _refused(connection, contest, other, sheet_id=sheet_id),
        await _refused(connection, contest, judge, sheet_id=new_id()),
        await _refused(connection, contest, judge, sheet_id=sheet_id, aspect="B1.1"),
        await _refused(connection, contest, judge, aspect="A1.1"),
        await _refused(connection, contest, judge, to=other.id),
        await _refused(connection, contest, judge, answers=problem.id),
        await _refused(connection, contest, contest.judges[0]),
        await _refused(connection, contest, contest.organiser),
        await _refused(connection, contest, chief, sheet_id=foreign),
        await _refused(connection, contest, chief, to=stranger.id),
        await _refused(connection, contest, chief, answers=new_id()),
        await _refused(connection, contest, chief, answers=notice.id),
        await _refused(connection, elsewhere, chief, answers=problem.id),
        await _refused(connection, replace(contest, event_id=new_id()), chief),
    ] == [
        NotFound,
        rules.NoSuchSheet,
        rules.NoSuchSheet,
        rules.NoSuchAspect,
        rules.NoSuchAspect,
        NotAllowed,
        NotAllowed,
        NotAllowed,
        NotAllowed,
        rules.NoSuchSheet,
        messages.NotAJudgeHere,
        messages.NoSuchProblem,
        messages.NoSuchProblem,
        messages.NoSuchProblem,
        NotFound,
    ]
    assert await connection.fetchval("SELECT count(*) FROM message") == 2


@pytest.mark.parametrize("words", ["", " \n\u3000", "长" * 501, "a\x00b", "a\x1bb", "a\x85b"])
async def test_words_that_say_nothing_are_refused(connection: Connection, words: str) -> None:
    """Nothing, more than 500 characters, or what no page could show."""
    contest = await found_contest(connection, entrants=1)
    with pytest.raises(messages.WordsUnfit):
        await say(connection, contest.event_id, Say(id=new_id(), words=words), contest.chief, NOW)


async def test_five_hundred_characters_are_said(connection: Connection) -> None:
    """The longest message there is, wide blanks, lines, and signs beyond the first plane or from right to left."""
    contest = await found_contest(connection, entrants=1)
    for words in ("长" * 500, "𠮷野家　👨\u200d🔧\r\n二", "שלום \u202eabc"):
        said = await say(connection, contest.event_id, Say(id=new_id(), words=words), contest.chief, NOW)
        assert said.words == words


async def test_a_tablet_says_thirty_things_a_minute(dsn: str, connection: Connection) -> None:
    """The next is told to wait, what was said already is not; another tablet and the next minute are free."""
    contest = await found_contest(connection)
    judge, other = [await on_tablet(connection, contest.judges[0]) for _ in range(2)]
    said = [Say(id=new_id(), words="急") for _ in range(30)]
    for command in said[:29]:
        await say(connection, contest.event_id, command, judge, NOW)
    second = await asyncpg.connect(dsn, server_settings={"role": "leitai_app"})
    race = await asyncio.gather(
        say(connection, contest.event_id, said[29], judge, NOW),
        say(second, contest.event_id, Say(id=new_id(), words="也急"), judge, NOW),
        return_exceptions=True,
    )
    await second.close()
    assert sorted(type(one).__name__ for one in race) == ["HallMessage", "TooManyMessages"]
    await say(connection, contest.event_id, said[0], judge, NOW)
    with pytest.raises(messages.TooManyMessages):
        await say(connection, contest.event_id, Say(id=new_id(), words="更急"), judge, NOW + timedelta(seconds=59))
    await say(connection, contest.event_id, Say(id=new_id(), words="急"), other, NOW)
    await say(connection, contest.event_id, Say(id=new_id(), words="急"), judge, NOW + timedelta(seconds=60))


async def test_a_tablet_is_given_the_newest_fifty(connection: Connection) -> None:
    """In the order they were said."""
    contest = await found_contest(connection)
    ids = [new_id() for _ in range(55)]
    for count, message_id in enumerate(ids):
        moment = NOW + timedelta(minutes=count)
        await say(connection, contest.event_id, Say(id=message_id, words="通知"), contest.chief, moment)
    assert [message.id for message in await messages_for(connection, contest.judges[0].id)] == ids[5:]


async def test_the_desk_reads_unanswered_problems_first(connection: Connection, statements: list[str]) -> None:
    """Then the newest first, every answer under its problem, and one question however many there are."""
    contest = await found_contest(connection)
    judge = await on_tablet(connection, contest.judges[0])
    problems = [Say(id=new_id(), words=str(count)) for count in range(4)]
    for count, problem in enumerate(problems):
        await say(connection, contest.event_id, problem, judge, NOW + timedelta(seconds=count))
    for words, problem in (("甲", problems[1]), ("乙", problems[3]), ("丙", problems[1])):
        answer = Say(id=new_id(), words=words, answers=problem.id)
        await say(connection, contest.event_id, answer, contest.chief, LATER)
    statements.clear()
    lines = await problems_of(connection, contest.event_id)
    assert [(line.problem.words, [answer.words for answer in line.answers]) for line in lines] == [
        ("2", []),
        ("0", []),
        ("3", ["乙"]),
        ("1", ["甲", "丙"]),
    ]
    assert len(statements) == 1


async def on_tablet(connection: Connection, person: Person) -> Person:
    """This judge at a tablet of their own."""
    device_id = new_id()
    await insert_device(connection, device_id, person.id, device_id.bytes, "a tablet", NOW)
    return msgspec.structs.replace(person, device_id=device_id)


async def _refused(
    connection: Connection,
    contest: Contest,
    person: Person,
    *,
    sheet_id: UUID | None = None,
    aspect: str | None = None,
    to: UUID | None = None,
    answers: UUID | None = None,
) -> type[Problem]:
    command = Say(id=new_id(), words="听得见吗", sheet_id=sheet_id, aspect=aspect, to=to, answers=answers)
    with pytest.raises(Problem) as refused:
        await say(connection, contest.event_id, command, person, NOW)
    return refused.type
