"""The plain form of a scheme says only what differs from the usual, and its digest follows from it alone."""

from __future__ import annotations

import hashlib
from decimal import Decimal

from msgspec.structs import replace

from schemas.aspects import BandedCredit, FixedTolerance, Measurement, Score
from schemas.base import Text
from schemas.closing import RankKey
from schemas.scheme import Criterion, Panel, Scheme, Stage, SubCriterion
from schemas.scheme_form import plain, scheme_digest

NAME = Text(en="n")
TEN = Decimal(10)
RUNOUT = Measurement(
    id="X", name=NAME, points=Decimal("10.0"), tolerance=FixedTolerance(allowed=Decimal("0.010")), credit=BandedCredit()
)
SUB = SubCriterion(id="S", name=NAME, points=Decimal("1E+1"), panel=Panel(judges=2), aspects=(RUNOUT,))
SCHEME = Scheme(
    format="leitai-scheme-1",
    code="c",
    version="1",
    name=NAME,
    trade=NAME,
    stages=(
        Stage(
            id="G",
            name=NAME,
            points=TEN,
            criteria=(Criterion(id="C", name=NAME, points=TEN, sub_criteria=(SUB,)),),
        ),
    ),
    ranking=(RankKey(of="total"),),
    section_tolerance=Decimal("5.00"),
)

CANONICAL = (
    '{"code":"c","format":"leitai-scheme-1","name":{"en":"n"},"ranking":[{"of":"total"}],"stages":[{"criteria":[{"id":"C",'
    '"name":{"en":"n"},"points":"10","sub_criteria":[{"aspects":[{"id":"X","kind":"measurement","name":{"en":"n"},'
    '"points":"10","tolerance":{"allowed":"0.01","kind":"fixed"}}],"id":"S","name":{"en":"n"},"panel":{"judges":2},'
    '"points":"10"}]}],"id":"G","name":{"en":"n"},"points":"10"}],"trade":{"en":"n"},"version":"1"}'
)


def test_digest_is_that_of_the_canonical_json_without_defaults() -> None:
    """What a stranger computes with any SHA-256: keys sorted, defaults left out, decimals in their plain form."""
    assert scheme_digest(SCHEME) == hashlib.sha256(CANONICAL.encode()).hexdigest()


def test_what_equals_its_default_changes_no_digest() -> None:
    """A default that is written out, in whatever digits, is the same scheme; another value is another."""
    usual = replace(
        SUB, panel=Panel(judges=2, fewest=1, combine="mean"), aspects=(replace(RUNOUT, nominal=Decimal("0.00")),)
    )
    assert scheme_digest(_with(usual)) == scheme_digest(SCHEME)
    assert scheme_digest(_with(replace(SUB, panel=Panel(judges=2, fewest=2)))) != scheme_digest(SCHEME)


def test_kinds_are_always_said() -> None:
    """A part with nothing but defaults still says what it is."""
    score = Score(id="Y", name=NAME, points=TEN)
    [aspect] = plain(_with(replace(SUB, aspects=(score,))))["stages"][0]["criteria"][0]["sub_criteria"][0]["aspects"]
    assert aspect == {"kind": "score", "id": "Y", "name": {"en": "n"}, "points": TEN}


def _with(sub: SubCriterion) -> Scheme:
    [stage] = SCHEME.stages
    [criterion] = stage.criteria
    return replace(SCHEME, stages=(replace(stage, criteria=(replace(criterion, sub_criteria=(sub,)),)),))
