"""Messages of the hall: a judge's problem from the tablet, the chief judge's answer to it, and notices to judges."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from unicodedata import category
from uuid import UUID

from msgspec.structs import replace

from competition.access.rules import may
from competition.access.store import lock_subject
from competition.judging import messages_store, rules, store
from competition.judging.actions import scheme_for
from competition.judging.messages_store import StoredMessage
from competition.plumbing.database import Connection
from competition.plumbing.listening import tell_hall
from schemas.access import Person
from schemas.base import Message
from schemas.marks import Say
from schemas.problems import N_, NotAllowed, NotFound, Problem
from schemas.tablet import HallMessage, MessageKind

MOST_WORDS = 500
WINDOW = timedelta(minutes=1)
MOST_PER_WINDOW = 30


class WordsUnfit(Problem):
    """A message that says nothing, too much, or what no page could show."""

    sentence = N_("A message has 1 to {most} characters, none of them invisible. Write it in a few plain words.")


class TooManyMessages(Problem):
    """More messages from one tablet than anybody writes."""

    status = 429
    sentence = N_("{most} messages were sent from here within a minute. Wait a minute, then send this one again.")


class NoSuchProblem(Problem):
    """An answer to something that is no problem of this event."""

    status = 404
    sentence = N_("The problem that this answers is not there. Reload the page and answer it again.")


class NotAJudgeHere(Problem):
    """A notice to somebody who is on no panel of the event."""

    sentence = N_("This notice is for somebody who judges nothing at this event. Choose one of its judges, or all.")


class ProblemLine(Message):
    """A judge's problem as the chief judge's desk lists it, with what was answered, in order."""

    problem: HallMessage
    judge_id: UUID
    answers: tuple[HallMessage, ...]


async def say(connection: Connection, event_id: UUID, command: Say, person: Person, now: datetime) -> HallMessage:
    """Say something to the hall and have it told; sent again it is said once.

    From a tablet it is a problem, for the chief judge. Who may reopen sheets answers a problem, which its judge is told, or gives
    notice to one judge or to all of the event.
    """
    async with connection.transaction():
        await lock_subject(connection, f"message:{person.device_id or person.id}")
        if known := await messages_store.message_with(connection, command.id):
            if not _is_same(known, event_id, command, person):
                raise rules.EntryIdReused
            return known.message
        sent = await messages_store.count_since(connection, person.id, person.device_id, now - WINDOW)
        if sent >= MOST_PER_WINDOW:
            raise TooManyMessages(most=MOST_PER_WINDOW)
        addressed = await _addressed(connection, event_id, command, person, now)
        if not await messages_store.insert_message(connection, addressed, device_id=person.device_id):
            raise rules.EntryIdReused
        await tell_hall(connection, event_id, "message", command.id)
    return addressed.message


async def problems_of(connection: Connection, event_id: UUID) -> tuple[ProblemLine, ...]:
    """The problems that judges have at an event, those without an answer first, then the newest first."""
    said = await messages_store.messages_of_event(connection, event_id)
    answers: defaultdict[UUID, list[HallMessage]] = defaultdict(list)
    for stored in said:
        if stored.message.answers is not None:
            answers[stored.message.answers].append(stored.message)
    problems = [
        ProblemLine(problem=stored.message, judge_id=stored.sender_id, answers=tuple(answers[stored.message.id]))
        for stored in reversed(said)
        if stored.message.kind == "problem"
    ]
    return tuple(sorted(problems, key=lambda line: bool(line.answers)))


async def _addressed(
    connection: Connection, event_id: UUID, command: Say, person: Person, now: datetime
) -> StoredMessage:
    """The message that this command becomes, with whom it is for; raises when it may not be said."""
    if command.answers is None and command.to is None and person.device_id is not None:
        kind: MessageKind = "problem"
        may_speak = await messages_store.is_judge_at(connection, event_id, person.id)
    else:
        kind = "notice" if command.answers is None else "answer"
        if not may(person.role, "reopen_sheet"):
            raise NotAllowed
        may_speak = await messages_store.is_event(connection, event_id)
    if not may_speak:
        raise NotFound
    said = HallMessage(
        id=command.id,
        event_id=event_id,
        kind=kind,
        sender=person.name,
        words=_words(command),
        sheet_id=None,
        code=None,
        aspect=None,
        answers=command.answers,
        said_at=now,
    )
    if command.answers is not None:
        return await _answer(connection, said, command.answers, person)
    about = await _about(connection, said, command, person)
    if command.to is not None and not await messages_store.is_judge_at(connection, event_id, command.to):
        raise NotAJudgeHere
    return StoredMessage(message=about, sender_id=person.id, to_id=command.to)


async def _answer(connection: Connection, said: HallMessage, answers: UUID, person: Person) -> StoredMessage:
    """An answer is about what the problem is about, and for who has it."""
    problem = await messages_store.message_with(connection, answers)
    if problem is None or (problem.message.kind, problem.message.event_id) != ("problem", said.event_id):
        raise NoSuchProblem
    about = problem.message
    said = replace(said, sheet_id=about.sheet_id, code=about.code, aspect=about.aspect)
    return StoredMessage(message=said, sender_id=person.id, to_id=problem.sender_id)


async def _about(connection: Connection, said: HallMessage, command: Say, person: Person) -> HallMessage:
    """The message with the sheet and the aspect it is about: for a problem, a sheet of one's own."""
    if command.sheet_id is None:
        if command.aspect is not None:
            raise rules.NoSuchAspect(code="?", aspect=command.aspect)
        return said
    sheet = await store.sheet_with(connection, command.sheet_id)
    if sheet is None or sheet.event_id != said.event_id or (said.kind == "problem" and sheet.judge_id != person.id):
        raise rules.NoSuchSheet
    if command.aspect is not None:
        rules.aspect_on(sheet, await scheme_for(connection, said.event_id), command.aspect)
    return replace(said, sheet_id=sheet.id, code=sheet.code, aspect=command.aspect)


def _words(command: Say) -> str:
    """What is said, without blanks around it; raises when it is nothing, too much, or nothing to show."""
    words = command.words.strip()
    if not 1 <= len(words) <= MOST_WORDS or any(
        category(letter) == "Cc" and letter not in "\r\n\t" for letter in words
    ):
        raise WordsUnfit(most=MOST_WORDS)
    return words


def _is_same(known: StoredMessage, event_id: UUID, command: Say, person: Person) -> bool:
    """Whether a message that comes again is the one that was said."""
    said = known.message
    is_said = (said.event_id, known.sender_id, said.words, said.answers) == (
        event_id, person.id, command.words.strip(), command.answers
    )  # fmt: skip
    is_about = (said.sheet_id, said.aspect, known.to_id) == (command.sheet_id, command.aspect, command.to)
    return is_said and (is_about or said.kind == "answer")
