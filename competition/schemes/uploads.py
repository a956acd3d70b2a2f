"""A scheme that came as a file by a form: the scheme, or everything that is wrong with the file in the reader's language."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import PureWindowsPath
from typing import Any

import msgspec
from litestar.datastructures import UploadFile

from competition.plumbing.locale import translate
from competition.schemes.cells import WorkbookHasFaults
from competition.schemes.files import read_scheme
from competition.schemes.rules import faults_of
from schemas.base import Command, Message
from schemas.problems import N_, Problem
from schemas.scheme import Scheme


class UploadForm(Command):
    """What a form with a scheme's file sends: the file, or None where none was chosen."""

    scheme: UploadFile | None = None
    csrf: str = msgspec.field(default="", name="_csrf_token")


class Faulty(Message):
    """Something wrong with an uploaded scheme: the place in the file, and what to do, in the reader's language."""

    place: str
    sentence: str


class Uploaded(Message):
    """A file that was sent: a scheme without faults, or none, with the ``faults`` or the ``problem`` that it has."""

    file_name: str
    scheme: Scheme | None = None
    faults: tuple[Faulty, ...] = ()
    problem: Problem | None = None


class NoSchemeFile(Problem):
    """An upload without a file."""

    sentence = N_("No file was chosen. Choose the scheme's file and send it again.")


async def uploaded_scheme(file: UploadFile | None) -> Uploaded:
    """The scheme in a file of whatever kind, read and checked."""
    if file is None:
        return Uploaded(file_name="", problem=NoSchemeFile())
    name = PureWindowsPath(file.filename).name
    try:
        scheme = await asyncio.to_thread(read_scheme, await file.read(), name)
    except WorkbookHasFaults as problem:
        return Uploaded(
            file_name=name, faults=_said((fault.cell, fault.sentence, fault.data) for fault in problem.faults)
        )
    except Problem as problem:
        return Uploaded(file_name=name, problem=problem)
    found = await asyncio.to_thread(faults_of, scheme)
    faults = _said((fault.place, fault.sentence, fault.data) for fault in found)
    return Uploaded(file_name=name, scheme=None if faults else scheme, faults=faults)


def _said(faults: Iterable[tuple[str, str, dict[str, Any]]]) -> tuple[Faulty, ...]:
    return tuple(Faulty(place=place, sentence=translate(sentence, **data)) for place, sentence, data in faults)
