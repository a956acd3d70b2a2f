"""What a judge is told about a measured aspect before measuring: what is allowed, and what lies beyond. Pure."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.rounding import shown
from competition.scoring.tolerance import allowed, derivation
from schemas.base import Message, Text
from schemas.scheme import BandedCredit, LinearCredit, Measurement


class Rung(Message):
    """A deviation up to this figure still gives these points."""

    up_to: str
    points: Decimal


class Guide(Message):
    """The figures of a measured aspect, as text in its unit and with its decimals.

    ``nominal``, ``low`` and ``high`` are None where the nominal value is zero: a runout or a parallelism is only compared
    with ``allowed``. Beyond it come either ``rungs`` or, for each ``per`` begun, ``lose`` points.
    """

    allowed: str
    nominal: str | None = None
    low: str | None = None
    high: str | None = None
    derivation: tuple[Text, ...] = ()
    rungs: tuple[Rung, ...] = ()
    lose: Decimal | None = None
    per: str | None = None


def guide_to(aspect: Measurement) -> Guide:
    """What to tell the judge about ``aspect``."""
    limit, nominal = allowed(aspect.tolerance), aspect.nominal
    match aspect.credit:
        case BandedCredit(bands=bands):
            rungs = tuple(
                Rung(up_to=shown(limit + band.over_up_to, aspect.places), points=aspect.points * band.keep)
                for band in bands
            )
            lose, per = None, None
        case LinearCredit(lose=lose, per=step):
            rungs, per = (), shown(step, aspect.places)
    return Guide(
        allowed=shown(limit, aspect.places),
        nominal=shown(nominal, aspect.places) if nominal else None,
        low=shown(nominal - limit, aspect.places) if nominal else None,
        high=shown(nominal + limit, aspect.places) if nominal else None,
        derivation=derivation(aspect.tolerance, aspect.unit, aspect.places),
        rungs=rungs,
        lose=lose,
        per=per,
    )
