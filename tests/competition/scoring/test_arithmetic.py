"""Steps of a scale are counted begun, full or in proportion; sums and means are exact."""

from __future__ import annotations

from decimal import Context, Decimal, localcontext

import pytest

from competition.scoring.arithmetic import mean, share, steps_in, total, worth
from competition.scoring.rounding import EXACT, settled
from schemas.aspects import Steps


@pytest.mark.parametrize(
    ("amount", "count", "steps"),
    [
        ("0", "begun", "0"),
        ("0.001", "begun", "1"),
        ("0.02", "begun", "1"),
        ("0.0200001", "begun", "2"),
        ("0", "full", "0"),
        ("0.019", "full", "0"),
        ("0.02", "full", "1"),
        ("0.039", "full", "1"),
        ("0.03", "exact", "1.5"),
    ],
)
def test_steps_in_an_amount(amount: str, count: Steps, steps: str) -> None:
    """A step that is just whole is one step, whichever way parts count."""
    assert steps_in(Decimal(amount), Decimal("0.02"), count) == Decimal(steps)


@pytest.mark.parametrize("count", ["begun", "full"])
def test_steps_see_through_the_trace_of_a_division(count: Steps) -> None:
    """Three thirds of a step are one, although their digits do not say so."""
    third = EXACT.divide(Decimal(1), Decimal(3))
    assert steps_in(total([third] * 3), Decimal(1), count) == 1


def test_worth_divides_last() -> None:
    """A third of a step at three points is one point, not nearly one."""
    assert worth(Decimal("0.01"), Decimal(3), Decimal("0.03"), "exact") == Decimal(1)


def test_sums_and_means_do_not_depend_on_the_context() -> None:
    """Digits that other code's context would cut stay."""
    with localcontext(Context(prec=2)):
        values = [Decimal("1234.5678"), Decimal("0.0001"), Decimal("0.0001")]
        figures = total(values), mean(values), share(Decimal(6), Decimal("617.2839"), Decimal("1234.5678"))
    assert figures == (Decimal("1234.568"), EXACT.divide(Decimal("1234.568"), Decimal(3)), Decimal(3))
    assert settled(EXACT.multiply(figures[1], Decimal(3))) == Decimal("1234.568")
