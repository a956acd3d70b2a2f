"""Amendments of the small contest's scheme (``tests/house.py``) for tests: what each changes is said by its name."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec

from schemas.aspects import Binary, DeductionItem, Score
from schemas.base import Text
from schemas.closing import PlacesAward, TeamStanding
from schemas.scheme import Scheme
from tests.house import small_scheme

FIRST = PlacesAward(id="first", name=Text(zh="一等奖", en="First prize"), count=1)
TEAM = TeamStanding(id="team", name=Text(zh="团体总分", en="Team total"))


def awarding() -> Scheme:
    """The small scheme with a first prize and a team standing."""
    return msgspec.structs.replace(small_scheme(), awards=(FIRST,), teams=(TEAM,))


def milder(scheme: Scheme | None = None, each: str = "4") -> Scheme:
    """A loose screw takes four points instead of five: one aspect's marks of both judges give other points."""
    item = DeductionItem(name=Text(zh="螺钉未拧紧", en="Loose screw"), each=Decimal(each))
    return with_aspect(scheme or small_scheme(), "A1.2", items=(item,))


def renamed() -> Scheme:
    """Another name: no figure changes."""
    return msgspec.structs.replace(small_scheme(), name=Text(zh="小方案修订", en="Small scheme, mended"), version="2")


def coarser_paper() -> Scheme:
    """The paper is marked out of 50, each point counting double: a recorded 80 cannot be scored."""
    return with_aspect(small_scheme(), "T1.1", most=Decimal(50), factor=Decimal(2))


def other_sheet() -> Scheme:
    """Power-up is scored, not ticked: another score sheet."""
    return _with_aspects(small_scheme(), _scored)


def more_judges() -> Scheme:
    """Wiring before two judges: other score sheets."""
    return _with_subs(
        small_scheme(),
        "B1",
        lambda sub: msgspec.structs.replace(sub, panel=msgspec.structs.replace(sub.panel, judges=2)),
    )


def faulty() -> Scheme:
    """Power-up gives a point more than its unit has."""
    return with_aspect(small_scheme(), "B1.2", points=Decimal(31))


def with_aspect(scheme: Scheme, id: str, **changes: Any) -> Scheme:
    """``scheme`` with one aspect changed."""
    return _with_aspects(
        scheme, lambda aspect: msgspec.structs.replace(aspect, **changes) if aspect.id == id else aspect
    )


def _scored(aspect: Any) -> Any:
    if not isinstance(aspect, Binary):
        return aspect
    return Score(id=aspect.id, name=aspect.name, points=aspect.points)


def _with_aspects(scheme: Scheme, change: Callable[[Any], Any]) -> Scheme:
    return _with_subs(
        scheme,
        None,
        lambda sub: msgspec.structs.replace(sub, aspects=tuple(change(aspect) for aspect in sub.aspects)),
    )


def _with_subs(scheme: Scheme, id: str | None, change: Callable[[Any], Any]) -> Scheme:
    return msgspec.structs.replace(
        scheme,
        stages=tuple(
            msgspec.structs.replace(
                stage,
                criteria=tuple(
                    msgspec.structs.replace(
                        criterion,
                        sub_criteria=tuple(
                            change(sub) if id in (None, sub.id) else sub for sub in criterion.sub_criteria
                        ),
                    )
                    for criterion in stage.criteria
                ),
            )
            for stage in scheme.stages
        ),
    )
