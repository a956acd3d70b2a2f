"""What a panel makes of its judges' points: who is dropped, and the one figure of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from competition.scoring.rounding import EXACT, rounded, settled
from schemas.scheme import Panel


def combined(points: Sequence[Decimal], panel: Panel) -> Decimal:
    """One exact figure for what the judges present give, at least one of them; rounded where the panel says so."""
    figure = together([points[place] for place in counting(points, panel)], panel)
    return figure if panel.rounding is None else rounded(figure, panel.rounding)


def counting(points: Sequence[Decimal], panel: Panel) -> list[int]:
    """The places in ``points`` of those that count: without the highest and lowest dropped, and of a median the middle.

    The panel drops of those present, and only where at least one remains. Of equals the first is dropped as lowest, the last as
    highest, so that it is always the same one.
    """
    ordered = sorted(range(len(points)), key=points.__getitem__)
    if len(ordered) > panel.drop_lowest + panel.drop_highest:
        ordered = ordered[panel.drop_lowest : len(ordered) - panel.drop_highest]
    if panel.combine == "median":
        ordered = ordered[(len(ordered) - 1) // 2 : len(ordered) // 2 + 1]
    return ordered


def together(points: Sequence[Decimal], panel: Panel) -> Decimal:
    """The sum of those that count, or their mean; of a median's middle the mean as well."""
    total = Decimal(0)
    for one in points:
        total = EXACT.add(total, one)
    return total if panel.combine == "sum" else EXACT.divide(total, len(points))


def is_apart(points: Sequence[Decimal], panel: Panel) -> bool:
    """Whether the judges differ by more than the panel allows."""
    if panel.most_apart is None or not points:
        return False
    return settled(EXACT.subtract(max(points), min(points))) > panel.most_apart
