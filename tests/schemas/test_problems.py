"""Problems: what is wrong, in words that carry their data."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import competition.app
import scoreboards.app  # noqa: F401 - so that every problem of the house is known
from schemas.problems import NotAllowed, Problem


def problems(of: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Every kind of problem in the house."""
    yield of
    for each in of.__subclasses__():
        yield from problems(each)


ALL = sorted(
    {each for each in problems() if each.__module__.startswith(("competition", "scoreboards", "schemas"))}, key=str
)


def test_problem_composes_its_sentence() -> None:
    """The sentence is filled with the data that was raised, whoever reads it."""

    class TooLong(Problem):
        sentence = "{name} has {count} letters."

    problem = TooLong(name="王", count=1)
    assert (str(problem), problem.data, TooLong.type()) == ("王 has 1 letters.", {"name": "王", "count": 1}, "too-long")


def test_problem_types_are_stable_names() -> None:
    """A program is told the class's name in kebab case."""
    assert NotAllowed.type() == "not-allowed"


@pytest.mark.parametrize("problem", ALL, ids=lambda problem: problem.__name__)
def test_problem_is_answered_by_a_status_and_a_sentence_of_its_own(problem: type[Problem]) -> None:
    """Every problem has an HTTP status for it, and says in a whole sentence what is wrong."""
    assert 400 <= problem.status < 600
    assert problem.sentence.strip().endswith((".", "}", ";"))  # a value, or a command to be typed, may stand last


def test_problem_types_differ() -> None:
    """No two problems share a name within their slice, unless one says itself that it is another's."""
    by_type: dict[tuple[str, str], list[str]] = {}
    for problem in (each for each in ALL if "type" not in vars(each)):
        slice_name = ".".join(problem.__module__.split(".")[:2])
        by_type.setdefault((slice_name, problem.type()), []).append(problem.__qualname__)
    assert {name: found for name, found in by_type.items() if len(found) > 1} == {}
    assert competition.app.BOARDS == "/boards"
