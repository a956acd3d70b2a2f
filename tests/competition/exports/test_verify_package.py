"""Verification of packages: a true one agrees, and every tampering is found and named."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
import pytest

from competition.exports import findings as say
from competition.exports.checkpoint import NotACheckpoint
from competition.exports.findings import Verification, finding, publication_named
from competition.exports.rules import verify_package
from competition.plumbing.locale import translate
from competition.scoring.readings import WrongNumberOfReadings
from schemas.base import Text, digest
from schemas.marks import GENESIS, chain
from schemas.scheme_form import scheme_digest

if TYPE_CHECKING:
    from schemas.package import Package
    from tests.competition.exports.conftest import World

WHERE = publication_named(1)
replace = msgspec.structs.replace


def test_true_package_agrees(world: World) -> None:
    """Digest, points and places computed again are those that were published."""
    published = world.publication
    assert verify_package(
        world.package, printed=f"{published.ledger_position}:{published.ledger_digest}"
    ) == Verification(
        ledger_entries=len(world.package.ledger),
        ledger_digest=published.ledger_digest,
        lists=1,
        checkpoints=2,
        findings=(),
    )


@pytest.mark.parametrize("printed", ["digest", "capitals", "wrapped", "earlier", "publication"])
def test_printed_checkpoint_may_be_given_in_any_form(world: World, printed: str) -> None:
    """The digest alone, in capitals as the QR code has it, broken over lines, of an earlier position, or of the publication."""
    published, first = world.publication, chain(GENESIS, 1, world.package.ledger[0]).hex()
    whole = f"{published.ledger_position}:{published.ledger_digest}"
    forms = {
        "digest": published.ledger_digest,
        "capitals": whole.upper(),
        "wrapped": f" {whole[:30]}\n {whole[30:]} ",
        "earlier": f"1:{first}",
        "publication": digest(published),
    }
    assert verify_package(world.package, printed=forms[printed]).findings == ()


@pytest.mark.parametrize("printed", ["", "12:", "12:abc", "x" * 64, "12:" + "0" * 63, "-1:" + "0" * 64])
def test_printed_checkpoint_that_is_none_is_refused(world: World, printed: str) -> None:
    """A typing slip is a problem of its own, not a forged ledger."""
    with pytest.raises(NotACheckpoint):
        verify_package(world.package, printed=printed)


def test_printed_checkpoint_of_another_ledger_is_found(world: World) -> None:
    """A digest that the ledger never had is the one finding, at whatever position."""
    for printed in ("0" * 63 + "1", f"{world.publication.ledger_position - 1}:{world.publication.ledger_digest}"):
        assert verify_package(world.package, printed=printed).findings == (
            finding(say.PRINTED_DIFFERS, stated=printed),
        )


def with_entry(package: Package, place: int, **changes: Any) -> Package:
    """The package with one entry of its ledger changed."""
    ledger = list(package.ledger)
    ledger[place] = replace(ledger[place], **changes)
    return replace(package, ledger=tuple(ledger))


def with_row(package: Package, place: int, **changes: Any) -> Package:
    """The package with one published row changed."""
    rows = list(package.publication.rows)
    rows[place] = replace(rows[place], **changes)
    return replace(package, publication=replace(package.publication, rows=tuple(rows)))


def swapped(package: Package) -> Package:
    """The package with two entries of different entrants swapped, which changes nobody's points."""
    ledger = list(package.ledger)
    ledger[0], ledger[1] = ledger[1], ledger[0]
    return replace(package, ledger=tuple(ledger))


def with_scheme(package: Package) -> Package:
    """The package with another version of its scheme, which changes nobody's points."""
    return replace(package, scheme=replace(package.scheme, version="2"))


def with_milder_scheme(package: Package) -> Package:
    """The package with a scheme that takes nothing for being late, and its digest made to fit."""
    penalty = replace(package.scheme.penalties[0], cap=Decimal(0))
    scheme = replace(package.scheme, penalties=(penalty,))
    return replace(
        package, scheme=scheme, publication=replace(package.publication, scheme_digest=scheme_digest(scheme))
    )


def with_stranger(package: Package) -> Package:
    """The package with an entrant and a row that nobody marked."""
    stranger = replace(package.entrants[0], id=UUID(int=999), number=99, code="C99", name="甲", delegation="乙")
    row = replace(package.publication.rows[-1], number=99, code="C99", name="甲", delegation="乙")
    entrants = (*package.entrants, stranger)
    return replace(
        package, entrants=entrants, publication=replace(package.publication, rows=(*package.publication.rows, row))
    )


def without_rival(package: Package) -> Package:
    """The package with the winner left out everywhere but in the ledger."""
    winner = package.publication.rows[0]
    rows = tuple(
        replace(row, rank=row.rank - 1) if row.rank else row for row in package.publication.rows if row is not winner
    )
    entrants = tuple(entrant for entrant in package.entrants if entrant.number != winner.number)
    return replace(package, entrants=entrants, publication=replace(package.publication, rows=rows))


Tampering = Callable[["Package"], "Package"]

TAMPERINGS: dict[str, tuple[Tampering, tuple[str, ...]]] = {
    "changed value": (
        lambda package: with_entry(package, 1, values=(Decimal(95),)),
        (say.LEDGER_DIFFERS, say.TOTAL_DIFFERS, say.POINTS_DIFFER, say.POINTS_DIFFER),
    ),
    "changed judge": (lambda package: with_entry(package, 1, judge_id=UUID(int=22)), (say.LEDGER_DIFFERS,)),
    "changed note": (lambda package: with_entry(package, 1, note="x"), (say.LEDGER_DIFFERS,)),
    "dropped entry": (
        lambda package: replace(package, ledger=package.ledger[:10] + package.ledger[11:]),
        (
            say.LENGTH_DIFFERS,
            say.LEDGER_DIFFERS,
            say.TOTAL_DIFFERS,
            *(say.POINTS_DIFFER,) * 2,
            *(say.RANK_DIFFERS,) * 4,
        ),
    ),
    "dropped last entry": (
        lambda package: replace(package, ledger=package.ledger[:-1]),
        (say.LENGTH_DIFFERS, say.LEDGER_DIFFERS, say.STATE_DIFFERS, say.RANK_DIFFERS),
    ),
    "entry twice": (
        lambda package: replace(package, ledger=(*package.ledger, package.ledger[-1])),
        (say.LENGTH_DIFFERS, say.LEDGER_DIFFERS),
    ),
    "swapped order": (swapped, (say.LEDGER_DIFFERS,)),
    "changed total": (lambda package: with_row(package, 1, total=Decimal("97.00")), (say.TOTAL_DIFFERS,)),
    "changed rank": (lambda package: with_row(package, 1, rank=1), (say.RANK_DIFFERS,)),
    "tie undone": (lambda package: with_row(package, 2, shared=False), (say.SHARING_DIFFERS,)),
    "changed stage": (
        lambda package: with_row(package, 0, stages={"theory": Decimal(91), "practice": Decimal("94.17")}),
        (say.POINTS_DIFFER,),
    ),
    "criterion left out": (
        lambda package: with_row(package, 0, criteria={"T": Decimal("90.5"), "A": Decimal("57.5")}),
        (say.POINTS_DIFFER,),
    ),
    "disqualification hidden": (lambda package: with_row(package, 5, state="competing"), (say.STATE_DIFFERS,)),
    "changed name": (lambda package: with_row(package, 0, name="甲"), (say.ENTRANT_DIFFERS,)),
    "changed delegation": (lambda package: with_row(package, 0, delegation="甲"), (say.ENTRANT_DIFFERS,)),
    "changed number": (lambda package: with_row(package, 0, number=98), (say.ENTRANT_UNKNOWN, say.ENTRANT_MISSING)),
    "row twice": (
        lambda package: replace(
            package,
            publication=replace(package.publication, rows=(*package.publication.rows, package.publication.rows[0])),
        ),
        (say.ENTRANT_TWICE, say.ENTRANT_TWICE),
    ),
    "row left out": (
        lambda package: replace(package, publication=replace(package.publication, rows=package.publication.rows[:-1])),
        (say.ENTRANT_MISSING,),
    ),
    "rival left out": (without_rival, (say.ENTRANT_MISSING, *(say.RANK_DIFFERS,) * 3)),
    "extra row": (
        lambda package: replace(
            package,
            publication=replace(
                package.publication,
                rows=(*package.publication.rows, replace(package.publication.rows[0], number=99, code="C99")),
            ),
        ),
        (say.ENTRANT_UNKNOWN,),
    ),
    "extra entrant": (
        lambda package: replace(
            package, entrants=(*package.entrants, replace(package.entrants[0], id=UUID(int=999), number=99))
        ),
        (say.ENTRANT_MISSING,),
    ),
    "changed scheme": (with_scheme, (say.SCHEME_DIFFERS,)),
    "changed scheme and digest": (with_milder_scheme, (say.TOTAL_DIFFERS,)),
    "changed ledger digest": (
        lambda package: replace(package, publication=replace(package.publication, ledger_digest="0" * 64)),
        (say.LEDGER_DIFFERS,),
    ),
    "reading that nobody could enter": (
        lambda package: with_entry(package, 1, values=()),
        (say.LEDGER_DIFFERS, say.RESULT_IMPOSSIBLE),
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_tampering_is_found(world: World, tampering: str) -> None:
    """Each tampering with a package gives exactly the findings that name it, said in a sentence."""
    tamper, sentences = TAMPERINGS[tampering]
    found = verify_package(tamper(world.package)).findings
    assert tuple(one.sentence for one in found) == sentences
    assert [translate(one.sentence, **one.data) for one in found if "{" in translate(one.sentence, **one.data)] == []


def test_reading_that_nobody_could_enter_is_told_in_the_readers_language(world: World) -> None:
    """As the rules of scoring say it, and where a computation has only its own words, in ours."""
    [_, found] = verify_package(with_entry(world.package, 1, values=())).findings
    why = Text(zh="其中有任何人都无法录入的读数。", en="There are readings that nobody can have entered.")
    assert found == finding(say.RESULT_IMPOSSIBLE, where=WHERE, entrant="A02", why=why)
    assert say.unscored(WrongNumberOfReadings(aspect="A1.1", expected=1, given=2)) == Text(
        zh="评分点 A1.1 的读数个数应为 1，不是 2。请每个读数录入一次。",
        en="Aspect A1.1 needs another number of readings: 1, not 2. Enter each of them once.",
    )


def test_finding_names_entrant_and_figures(world: World) -> None:
    """A finding says where, who, what is stated and what the marks come to."""
    found = verify_package(with_row(world.package, 1, total=Decimal("97.00"))).findings
    assert found == (finding(say.TOTAL_DIFFERS, where=WHERE, entrant="A02", stated="97.00", computed="87.00"),)
    said = "Publication 1: A02 is listed with a total of 97.00; the marks come to 87.00."
    assert translate(found[0].sentence, **found[0].data) == said


def test_stranger_without_marks_is_not_found_without_paper(world: World) -> None:
    """An entrant invented without marks changes no place; only the printed publication digest tells."""
    forged, printed = with_stranger(world.package), digest(world.publication)
    assert verify_package(forged).findings == ()
    assert verify_package(forged, printed=printed).findings == (finding(say.PRINTED_DIFFERS, stated=printed),)


def test_package_forged_as_a_whole_is_found_by_the_printed_checkpoint(world: World) -> None:
    """A ledger changed and chained anew agrees with itself; paper does not agree with it."""
    published = world.publication
    forged = with_entry(world.package, 0, note="x")
    digest_of = GENESIS
    for position, entry in enumerate(forged.ledger, start=1):
        digest_of = chain(digest_of, position, entry)
    forged = replace(forged, publication=replace(published, ledger_digest=digest_of.hex()))
    assert verify_package(forged).findings == ()
    printed = f"{published.ledger_position}:{published.ledger_digest}"
    assert verify_package(forged, printed=printed).findings == (finding(say.PRINTED_DIFFERS, stated=printed),)
