"""The rules of the timetable: when sessions are, and a draw that anybody can make again."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections import Counter
from datetime import UTC, date, datetime, time
from random import Random
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.timetable.rules import (
    BadTimes,
    DayTooShort,
    NotEnoughPlaces,
    NothingToDraw,
    Plan,
    TimeUnclear,
    YearUnlikely,
    code_of,
    draw_places,
    plan_of,
    recipe,
    session_times,
    time_in,
)
from schemas.timetable import Draw, DrawnPlace, Session

PLAN = Plan(day=date(2026, 6, 1), time=time(8), sessions=3, per_day=2, minutes=180, pause=30, benches=8)
NUMBERS = st.sets(st.integers(1, 10_000), min_size=1, max_size=60)
NONCE = "0123456789abcdef0123456789abcdef"
SEEDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)


class TestDraw:
    """Method ``leitai-draw-1``."""

    def test_draw_known_vector(self) -> None:
        """A draw that was made once by sha256sum and sort comes out the same here."""
        assert draw_places("dice 3 5 6", [1, 2, 3, 4, 5], sessions=2, benches=4, nonce=NONCE) == Draw(
            method="leitai-draw-1",
            seed="dice 3 5 6",
            nonce=NONCE,
            commitment="c0f01d89ca8dd3a425c0f6b3f4029df7ff56b76b97449ae1beeea26f9bd131f4",
            numbers=(1, 2, 3, 4, 5),
            sessions=2,
            benches=4,
            places=(
                DrawnPlace(number=1, session=1, bench=1, code="A01"),
                DrawnPlace(number=3, session=1, bench=2, code="A02"),
                DrawnPlace(number=2, session=1, bench=3, code="A03"),
                DrawnPlace(number=5, session=2, bench=1, code="B01"),
                DrawnPlace(number=4, session=2, bench=2, code="B02"),
            ),
        )

    @given(SEEDS, NUMBERS, st.integers(1, 10), st.integers(0, 10))
    def test_draw_gives_everybody_one_place(self, seed: str, numbers: set[int], sessions: int, spare: int) -> None:
        """Everybody gets exactly one place, nobody shares one, and no session has two more than another."""
        benches = -(-len(numbers) // sessions) + spare
        places = draw_places(seed, numbers, sessions=sessions, benches=benches, nonce=NONCE).places
        sizes = Counter(place.session for place in places)
        filled = [sizes[session] for session in range(1, sessions + 1)]
        assert sorted(place.number for place in places) == sorted(numbers)
        assert (
            len({(place.session, place.bench) for place in places})
            == len({place.code for place in places})
            == len(places)
        )
        assert sorted(filled, reverse=True) == filled
        assert filled[0] - filled[-1] <= 1
        assert all(1 <= place.bench <= benches for place in places)

    @given(SEEDS, NUMBERS, st.randoms(use_true_random=False))
    def test_draw_ignores_order(self, seed: str, numbers: set[int], chance: Random) -> None:
        """The order in which numbers are handed in changes nothing."""
        listed = sorted(numbers)
        chance.shuffle(listed)
        benches = len(listed)
        assert draw_places(seed, listed, sessions=1, benches=benches, nonce=NONCE) == draw_places(
            seed, reversed(listed), sessions=1, benches=benches, nonce=NONCE
        )

    def test_nonce_hides_the_seed_and_moves_nobody(self) -> None:
        """Another nonce gives another commitment and the same places."""
        drawn = draw_places("3", [1, 2, 3, 4, 5], sessions=2, benches=4, nonce=NONCE)
        other = "f" * 32
        assert draw_places("3", [1, 2, 3, 4, 5], sessions=2, benches=4, nonce=other) == msgspec.structs.replace(
            drawn, nonce=other, commitment=hashlib.sha256(f"{other}:3".encode()).hexdigest()
        )
        assert drawn.commitment != hashlib.sha256(b"3").hexdigest()

    def test_draw_refuses_nobody(self) -> None:
        """Without entrants there is nothing to draw."""
        with pytest.raises(NothingToDraw):
            draw_places("seed", [], sessions=1, benches=1, nonce=NONCE)

    def test_draw_refuses_too_few_places(self) -> None:
        """The sentence says how many places there are, and how many are needed."""
        with pytest.raises(NotEnoughPlaces) as refused:
            draw_places("seed", range(1, 8), sessions=2, benches=3, nonce=NONCE)
        assert refused.value.data == {"entrants": 7, "places": 6, "sessions": 2, "benches": 3}

    @pytest.mark.parametrize(
        ("session", "bench", "code"), [(1, 1, "A01"), (26, 12, "Z12"), (27, 3, "AA03"), (2, 120, "B120")]
    )
    def test_code_is_letter_and_bench(self, session: int, bench: int, code: str) -> None:
        """A code is the session's letter and the bench in two digits."""
        assert code_of(session, bench) == code


@pytest.mark.skipif(not all(map(shutil.which, ("sh", "sha256sum", "awk"))), reason="needs a POSIX shell with sha256sum")
class TestRecipe:
    """The commands on the public page of a draw."""

    @pytest.mark.parametrize(
        ("seed", "numbers", "sessions"),
        [
            ("3 5 6", range(1, 12), 3),
            ('it\'s $HOME `x` \\ "q" 抽签', (7, 21, 300), 5),
            ("1", range(1, 61), 7),
        ],
    )
    def test_recipe_comes_to_the_same(self, seed: str, numbers: range | tuple[int, ...], sessions: int) -> None:
        """Run in a shell, the recipe prints the commitment and every number with the code that was drawn."""
        drawn = draw_places(seed, numbers, sessions=sessions, benches=20, nonce=NONCE)
        commands = recipe(drawn.numbers, drawn.sessions, seed, NONCE)
        printed = subprocess.run(["sh", "-c", commands], capture_output=True, text=True, check=True).stdout.splitlines()
        assert printed[0].split() == [drawn.commitment, "-"]
        assert printed[1:] == [f"{place.number} {place.code}" for place in drawn.places]

    def test_recipe_keeps_an_untold_seed(self) -> None:
        """Until seed and nonce may be told, three dots stand for each."""
        assert recipe((1, 2), 1, None, None).splitlines()[:2] == ["nonce='…'", "seed='…'"]


class TestSessions:
    """When sessions are."""

    def test_times_follow_the_venue(self) -> None:
        """Two sessions on the first day with half an hour between, the third the next morning; in Shanghai 8:00 is 0:00 UTC."""
        assert session_times(PLAN, "Asia/Shanghai") == (
            (datetime(2026, 6, 1, 0, tzinfo=UTC), datetime(2026, 6, 1, 3, tzinfo=UTC)),
            (datetime(2026, 6, 1, 3, 30, tzinfo=UTC), datetime(2026, 6, 1, 6, 30, tzinfo=UTC)),
            (datetime(2026, 6, 2, 0, tzinfo=UTC), datetime(2026, 6, 2, 3, tzinfo=UTC)),
        )

    def test_times_keep_the_hour_when_clocks_change(self) -> None:
        """Each day begins at the same hour of the venue, also after the night in which clocks change."""
        plan = msgspec.structs.replace(PLAN, day=date(2026, 3, 28), sessions=2, per_day=1)
        starts = [start for start, _ in session_times(plan, "Europe/Berlin")]
        assert starts == [datetime(2026, 3, 28, 7, tzinfo=UTC), datetime(2026, 3, 29, 6, tzinfo=UTC)]

    @pytest.mark.parametrize(
        "wrong", [{"sessions": 0}, {"sessions": 27}, {"benches": 0}, {"minutes": 0}, {"pause": -1}, {"per_day": 0}]
    )
    def test_times_refuse_what_cannot_be(self, wrong: dict[str, int]) -> None:
        """No session, no bench, no minute, too many sessions: each is refused."""
        with pytest.raises(BadTimes):
            session_times(msgspec.structs.replace(PLAN, **wrong), "UTC")

    def test_times_refuse_a_day_past_midnight(self) -> None:
        """The sessions of a day end on that day; midnight itself is still allowed."""
        full = msgspec.structs.replace(PLAN, time=time(17, 30))
        assert session_times(full, "UTC")[1][1] == datetime(2026, 6, 2, tzinfo=UTC)
        with pytest.raises(DayTooShort) as refused:
            session_times(msgspec.structs.replace(full, pause=31), "UTC")
        assert refused.value.data == {"per_day": 2}

    @pytest.mark.parametrize("day", [date(1, 1, 1), date(1999, 12, 31), date(9999, 12, 31)])
    def test_times_refuse_a_mistyped_year(self, day: date) -> None:
        """A year that nobody plans for is a slip."""
        with pytest.raises(YearUnlikely) as refused:
            session_times(msgspec.structs.replace(PLAN, day=day), "UTC")
        assert refused.value.data == {"day": day.isoformat()}

    def test_plan_is_found_again(self) -> None:
        """Sessions tell the plan that laid them."""
        sessions = [
            Session(id=UUID(int=number), number=number, starts_at=start, ends_at=end)
            for number, (start, end) in enumerate(session_times(PLAN, "Asia/Shanghai"), 1)
        ]
        assert plan_of(sessions, 8, "Asia/Shanghai") == PLAN
        assert plan_of([], 8, "Asia/Shanghai") is None

    def test_time_is_read_or_refused(self) -> None:
        """A time is hours and minutes; anything else is named in the refusal."""
        assert time_in(" 08:30 ") == time(8, 30)
        with pytest.raises(TimeUnclear) as refused:
            time_in("half past eight")
        assert refused.value.data == {"time": "half past eight"}
