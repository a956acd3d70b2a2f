"""Both scorers on random contests: a sample here, any number by ``python -m tests.recount``."""

from __future__ import annotations

from competition.plumbing.database import Connection
from competition.recount import store
from competition.schemes.rules import faults_of
from tests.random_contests import random_contest
from tests.recount import AT_ONCE, compare

SAMPLE = 300


async def test_both_scorers_agree_on_random_contests(connection: Connection) -> None:
    """Every figure, place, award and team standing, and who goes on, for schemes that use whatever the model can say."""
    await store.prepare(connection)
    batches = [range(start, min(start + AT_ONCE, SAMPLE)) for start in range(0, SAMPLE, AT_ONCE)]
    compared = [await compare(connection, batch) for batch in batches]
    assert {seed: own for batch in compared for seed, own in batch.found.items()} == {}


def test_a_seed_always_gives_the_same_contest() -> None:
    """A case that differs can be made again."""
    assert random_contest(7) == random_contest(7) != random_contest(8)


def test_random_schemes_have_no_faults() -> None:
    """What is compared are schemes that a contest could use."""
    assert [seed for seed in range(50) if faults_of(random_contest(seed).scheme)] == []
