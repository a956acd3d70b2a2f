"""What a judge is told about a measured aspect before measuring."""

from __future__ import annotations

from decimal import Decimal

from competition.scoring.guide import Guide, Rung, guide_to
from schemas.base import Text
from schemas.scheme import Band, BandedCredit, FixedTolerance, LinearCredit, Measurement, ToleranceByLength

NAME = Text(zh="跳动", en="runout")


def test_guide_to_a_runout_has_a_limit_and_rungs_and_no_nominal() -> None:
    """Without a nominal value only the limit and the bands beyond it are told, each with its points."""
    aspect = Measurement(
        id="F1.1",
        name=NAME,
        points=Decimal(2),
        tolerance=FixedTolerance(allowed=Decimal("0.015")),
        credit=BandedCredit(bands=(Band(over_up_to=Decimal("0.005"), keep=Decimal("0.5")),)),
    )
    assert guide_to(aspect) == Guide(allowed="0.015", rungs=(Rung(up_to="0.020", points=Decimal("1.0")),))


def test_guide_to_a_dimension_tells_both_limits_with_every_decimal_they_have() -> None:
    """A nominal value between two limits keeps the decimals it needs, beyond those of the instrument."""
    aspect = Measurement(
        id="G1.3",
        name=NAME,
        points=Decimal(2),
        tolerance=FixedTolerance(allowed=Decimal("0.0105")),
        credit=LinearCredit(lose=Decimal("0.5"), per=Decimal("0.005")),
        nominal=Decimal("30.0105"),
    )
    assert guide_to(aspect) == Guide(
        allowed="0.0105", nominal="30.0105", low="30.000", high="30.021", lose=Decimal("0.5"), per="0.005"
    )


def test_guide_to_a_tolerance_by_length_says_how_it_came_about() -> None:
    """A limit that is worked out shows its working in both languages."""
    aspect = Measurement(
        id="F2.2",
        name=NAME,
        points=Decimal(1),
        tolerance=ToleranceByLength(allowed=Decimal("0.020"), per=Decimal(500), length=Decimal(300)),
    )
    assert guide_to(aspect) == Guide(
        allowed="0.012",
        derivation=(
            Text(
                zh="每 500 mm 允差 0.020 mm，测量长度 300 mm → 允差 0.012 mm",
                en="0.020 mm per 500 mm, over 300 mm → 0.012 mm allowed",
            ),
        ),
    )
