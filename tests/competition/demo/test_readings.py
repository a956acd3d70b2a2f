"""The robots' readings are ones that a judge could enter, for every kind of aspect."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.demo.readings import reading
from competition.schemes.files import shipped, shipped_scheme
from competition.scoring.explain import mark_points
from competition.scoring.points import least_points, most_points
from competition.scoring.readings import check_reading
from schemas.aspects import Aspect, Score
from tests.every_kind import every_kind

CHANCES = st.tuples(st.floats(0, 1), st.integers(0, 2**32))


def _check(aspects: Iterable[Aspect], skill: float, seed: int) -> None:
    chance = Random(seed)
    for aspect in aspects:
        values = reading(aspect, skill, chance)
        check_reading(aspect, values, "marked")
        points, _ = mark_points(aspect, values, "marked")
        factor = aspect.factor if isinstance(aspect, Score) else 1
        assert least_points(aspect) <= points * factor <= most_points(aspect)


@given(CHANCES)
def test_robot_can_mark_every_kind(drawn: tuple[float, int]) -> None:
    """Whatever the skill, each reading passes the checks of a judge's and gives points within the aspect's."""
    _check(every_kind().aspects(), *drawn)


@pytest.mark.parametrize("name", shipped())
def test_robot_can_mark_what_is_shipped(name: str) -> None:
    """The same for the schemes that come with Leitai."""
    for seed in range(10):
        _check(shipped_scheme(name).aspects(), seed / 10, seed)


def test_skill_shows() -> None:
    """A skilled entrant gets more than one without skill, task by task taken together."""

    def marked(skill: float) -> float:
        chance = Random(5)
        aspects = [aspect for aspect in every_kind().aspects() for _ in range(20)]
        return float(sum(mark_points(aspect, reading(aspect, skill, chance), "marked")[0] for aspect in aspects))

    assert marked(0.9) > 1.2 * marked(0.1)
