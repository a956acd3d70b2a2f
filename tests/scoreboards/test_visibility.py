"""What each audience may see of an event, decided in one pure place: audience, freeze, codes, publication and reveal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from schemas.boards import Audience, BoardKind, BoardStatus, MedalRow
from schemas.staging import Prospect, Touch
from scoreboards.facts import EntrantFacts, EventFacts, Glimpse, Outlook
from scoreboards.projections import Sight
from scoreboards.visibility import project, sight_of, status_of
from tests.scoreboards.readings import (
    COLUMNS,
    KINDS,
    NAME,
    NOW,
    SESSION,
    entrant,
    facts,
    freeze,
    podium_row,
    projected,
    prospect,
    publication,
    published,
    reach,
    reveal,
    script,
    shown,
    sign,
    standing,
)

FROZEN = freeze(standing(1, None, "0", marked=0), standing(2, 1, "33"))
LIST = publication("provisional", published(1, "1-01", "李娜", "77", number=2))

# The sight itself ------------------------------------------------------------------------------------------------------


def test_sight_holds_everything_of_a_blind_event_but_whose_the_codes_are() -> None:
    """Names, delegations, and what would tell them by award or by team, are not in it."""
    given = facts()
    assert sight_of(given, "public", "standings") == Sight(
        event=NAME,
        theme=given.theme,
        audience="public",
        status="live",
        has_names=False,
        revision=7,
        columns=COLUMNS,
        by_total=True,
        seen=sight_of(given, "jury", "standings").seen,
        delegations={},
        prospect=prospect(winners={}, teams=()),
        sessions=(SESSION,),
        places=given.places,
    )


Case = tuple[Audience, dict[str, Any], BoardStatus, bool, str, int, datetime | None, datetime | None]

CASES: list[Case] = [
    # audience, what the event is, -> status, names, the leader's total, revision, frozen at, published at
    ("public", {}, "live", False, "60.5", 7, None, None),
    ("public", {"is_blind": False}, "live", True, "60.5", 7, None, None),
    ("public", {"freeze": FROZEN}, "frozen", False, "33", 7, NOW, None),
    ("public", {"freeze": FROZEN, "is_blind": False}, "frozen", True, "33", 7, NOW, None),
    ("public", {"publication": LIST}, "provisional", True, "77", 7, None, NOW),
    ("public", {"publication": LIST, "freeze": FROZEN}, "provisional", True, "77", 7, None, NOW),
    ("public", {"publication": replace(LIST, status="official")}, "official", True, "77", 7, None, NOW),
    ("public", {"publication": replace(LIST, status="draft")}, "live", False, "60.5", 7, None, None),
    ("public", {"publication": replace(LIST, status="draft"), "freeze": FROZEN}, "frozen", False, "33", 7, NOW, None),
    ("presenter", {}, "live", False, "60.5", 7, None, None),
    ("presenter", {"freeze": FROZEN}, "frozen", False, "33", 7, NOW, None),
    ("presenter", {"publication": LIST}, "provisional", True, "77", 7, None, NOW),
    ("jury", {}, "live", False, "60.5", 9, None, None),
    ("jury", {"is_blind": False}, "live", True, "60.5", 9, None, None),
    ("jury", {"freeze": FROZEN}, "live", False, "60.5", 9, None, None),
    ("jury", {"publication": LIST, "freeze": FROZEN}, "live", False, "60.5", 9, None, None),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{'-'.join(case[1]) or 'open'}-{case[2]}")
def test_sight_by_audience_freeze_codes_and_publication(case: Case) -> None:
    """For everybody a list that is out comes first, then a freeze; to the jury nothing is frozen, and what is blind stays blind."""
    audience, given, status, has_names, leader, revision, frozen_at, published_at = case
    sight = sight_of(facts(**given), audience, "standings")
    first = sight.seen[0].row
    assert (
        sight.status, sight.has_names, str(first.total), sight.revision, sight.frozen_at, sight.published_at,
    ) == (status, has_names, leader, revision, frozen_at, published_at)  # fmt: skip
    assert (first.name, bool(sight.delegations), bool(sight.prospect.teams)) == (
        "李娜" if has_names else "",
        has_names,
        has_names and not published_at,
    )


def test_nothing_is_worked_out_anew_behind_a_freeze_when_somebody_leaves() -> None:
    """The row goes; everybody else keeps rank, total and awards of then, and nobody learns what was marked meanwhile."""
    frozen = freeze(standing(1, 2, "20"), standing(2, 1, "33"))
    given = facts(freeze=frozen, is_blind=False)
    left = replace(given, entrants=(given.entrants[0], replace(given.entrants[1], status="withdrawn")))
    behind = replace(left, standings=(standing(1, 1, "99"),))
    assert shown(left) == shown(behind)
    seen = sight_of(left, "public", "standings").seen
    assert seen == (
        replace(before := sight_of(given, "public", "standings").seen[1], row=replace(before.row, place=1)),
    )
    assert (seen[0].row.rank, seen[0].row.total) == (2, Decimal(20))
    medals = project(sign("medals"), left)
    assert medals is not None
    assert [(row.name, row.counts) for row in medals.rows if isinstance(row, MedalRow)] == [("芜湖", (0, 1, 1))]


@pytest.mark.parametrize(
    ("audience", "given", "revision"),
    [
        ("public", {}, 7 + 3),
        ("public", {"freeze": FROZEN}, 7 + 2),
        ("public", {"publication": LIST}, 7),
        ("public", {"publication": LIST, "published_outlook": Outlook(shown=4)}, 7 + 4),
        ("presenter", {}, 7 + 3),
        ("jury", {"freeze": FROZEN, "publication": LIST}, 9 + 5),
    ],
)
@pytest.mark.parametrize("kind", ["teams", "medals", "ticker", "entrant"])
def test_revision_of_what_the_prospect_is_in_counts_it(
    kind: BoardKind, audience: Audience, given: dict[str, Any], revision: int
) -> None:
    """The number counts the prospect that is shown, as often as it changed before this audience's eyes."""
    assert sight_of(facts(**given), audience, kind).revision == revision


@pytest.mark.parametrize("kind", ["standings", "benches", "podium"])
def test_revision_of_all_else_does_not(kind: BoardKind) -> None:
    """Boards without anything of the prospect do not move with it."""
    assert [sight_of(facts(), audience, kind).revision for audience in ("public", "jury")] == [7, 9]


def test_nothing_is_possible_after_a_publication() -> None:
    """A list that is out has its awards and teams, and no places that may still be reached."""
    sight = sight_of(facts(publication=LIST, published_outlook=Outlook(prospect=prospect())), "public", "entrant")
    assert sight.prospect == prospect(reaches=())


@pytest.mark.parametrize(
    ("kind", "audience", "glimpse", "status"),
    [
        ("podium", "public", Glimpse(published="official", is_frozen=True, is_marked=True), "preparing"),
        ("podium", "public", Glimpse(reveal="rehearsal"), "rehearsal"),
        ("podium", "jury", Glimpse(reveal="live", is_frozen=True), "live"),
        ("medals", "public", Glimpse(reveal="live"), "preparing"),
        ("medals", "public", Glimpse(is_marked=True), "live"),
        ("medals", "public", Glimpse(is_marked=True, is_frozen=True), "frozen"),
        ("medals", "public", Glimpse(published="draft", is_marked=True, is_frozen=True), "frozen"),
        ("medals", "public", Glimpse(published="official", is_frozen=True), "official"),
        ("medals", "jury", Glimpse(published="official", is_frozen=True), "preparing"),
    ],
)
def test_status_in_a_word(kind: BoardKind, audience: Audience, glimpse: Glimpse, status: BoardStatus) -> None:
    """The list of boards says by the same rule as a board what everybody sees."""
    assert status_of(glimpse, audience, kind) == status


def test_sight_before_any_mark_is_preparing() -> None:
    """A board is live from the first mark on."""
    unmarked = (standing(1, None, "0", marked=0),)
    assert [sight_of(facts(standings=given), "public", "standings").status for given in (unmarked, ())] == [
        "preparing"
    ] * 2


def test_what_one_audience_sees_is_not_kept_for_another() -> None:
    """However many boards are made of one reading before it, each is as if it were the first."""
    given = facts(freeze=FROZEN, is_blind=False, reveal=reveal("live", 1))
    asked: list[tuple[BoardKind, Audience]] = [
        (kind, audience) for kind in KINDS for audience in ("jury", "public", "presenter")
    ]
    together = [projected(sign(kind), given, audience) for kind, audience in asked]
    assert together == [projected(sign(kind), replace(given), audience) for kind, audience in asked]


def test_only_boards_of_standings_have_pages_of_entrants() -> None:
    """Any other board has none, and nobody has one who is not seen."""
    undrawn = facts(entrants=(entrant(1, None), entrant(2, "1-01")))
    assert [project(sign(kind), facts(), "public", "1-01") for kind in KINDS[1:]] == [None] * 5
    assert [project(sign(), undrawn, "public", code) for code in ("#1", "nobody")] == [None, None]
    assert projected(sign(), replace(undrawn, is_blind=False), "public", "#1").rows[0].code == "1-01"


# What is hidden ---------------------------------------------------------------------------------------------------------


def _renamed(given: EventFacts) -> EventFacts:
    def other(entrant: EntrantFacts) -> EntrantFacts:
        return replace(
            entrant, id=moved(entrant.id), number=entrant.number + 100, name="欧阳", delegation="马鞍山", delegation_code="D9"
        )  # fmt: skip

    def moved(id: UUID) -> UUID:
        return UUID(int=id.int + 500)

    old = given.outlook.prospect
    outlook = Prospect(
        revision=77,
        awards=old.awards,
        winners={moved(one): ("best",) for one in old.winners},
        teams=(),
        reaches=tuple(replace(one, entrant_id=moved(one.entrant_id)) for one in old.reaches),
        touched=tuple(replace(one, entrant_id=moved(one.entrant_id)) for one in old.touched),
    )
    return replace(
        given,
        entrants=tuple(other(one) for one in given.entrants),
        standings=tuple(replace(one, entrant_id=moved(one.entrant_id), revision=8) for one in given.standings),
        outlook=replace(given.outlook, prospect=outlook),
        places=tuple(replace(one, entrant_id=moved(one.entrant_id)) for one in given.places),
    )


def _listed_the_other_way(given: EventFacts) -> EventFacts:
    return replace(given, entrants=given.entrants[::-1], standings=given.standings[::-1], places=given.places[::-1])


def _with_a_draft(given: EventFacts) -> EventFacts:
    return replace(given, publication=publication("draft", published(1, "1-02", "王伟", "99")))


def _with_a_withdrawal(given: EventFacts) -> EventFacts:
    gone = entrant(3, "1-03", "赵敏", status="withdrawn", delegation="合肥", delegation_code="D2")
    return replace(given, entrants=(*given.entrants, gone), standings=(*given.standings, standing(3, None, "33")))


def _with_somebody_not_drawn(given: EventFacts) -> EventFacts:
    return replace(given, entrants=(*given.entrants, entrant(4, None, "周杰")))


def _counted_on(given: EventFacts) -> EventFacts:
    return replace(given, revision=given.revision + 4, outlook_number=given.outlook_number + 2)


def _with_a_reveal_prepared(given: EventFacts) -> EventFacts:
    return replace(given, reveal=reveal("closed", 2))


@pytest.mark.parametrize(
    "change",
    [
        _renamed, _listed_the_other_way, _with_a_draft, _with_a_withdrawal, _with_somebody_not_drawn, _counted_on,
        _with_a_reveal_prepared,
    ],
)  # fmt: skip
def test_leak_nothing_hidden_while_blind(change: Callable[[EventFacts], EventFacts]) -> None:
    """Two blind events that differ only in what is hidden project to the same bytes."""
    assert shown(change(facts())) == shown(facts())


def _with_later_marks(given: EventFacts) -> EventFacts:
    return replace(
        _counted_on(given),
        standings=(standing(1, 1, "99", marked=10), standing(2, None, "1", state="disqualified")),
        outlook=Outlook(
            prospect=prospect(
                winners={UUID(int=1): ("m:gold",)},
                teams=(),
                reaches=(reach(1, "99", "99", 1, 1),),
                touched=(Touch(entrant_id=UUID(int=1), column="A", at=NOW + timedelta(hours=2)),),
            ),
            shown=40,
        ),
    )


def _with_a_withdrawal_in_the_ledger(given: EventFacts) -> EventFacts:
    return replace(_counted_on(given), standings=(standing(1, None, "40", state="withdrawn"), standing(2, 1, "30")))


def _before_any_mark(given: EventFacts) -> EventFacts:
    return replace(given, revision=0, outlook_number=0, standings=(), outlook=Outlook())


HIDDEN_BY_A_FREEZE = [
    _with_later_marks,
    _with_a_withdrawal_in_the_ledger,
    _before_any_mark,
    _with_a_draft,
    _listed_the_other_way,
    _counted_on,
]


@pytest.mark.parametrize("change", HIDDEN_BY_A_FREEZE)
@pytest.mark.parametrize("is_blind", [True, False])
@pytest.mark.parametrize("audience", ["public", "presenter"])
def test_leak_nothing_behind_a_freeze(
    change: Callable[[EventFacts], EventFacts], audience: Audience, is_blind: bool
) -> None:
    """What is marked behind a freeze shows in no byte of any board, nor when it was."""
    frozen = facts(freeze=FROZEN, is_blind=is_blind)
    assert shown(change(frozen), audience) == shown(frozen, audience)


def _frozen_otherwise(given: EventFacts) -> EventFacts:
    return replace(given, freeze=freeze(standing(1, 1, "5"), winners={}))


@pytest.mark.parametrize("change", [*HIDDEN_BY_A_FREEZE, _frozen_otherwise])
@pytest.mark.parametrize("audience", ["public", "presenter"])
def test_leak_nothing_after_a_publication(change: Callable[[EventFacts], EventFacts], audience: Audience) -> None:
    """What happens after a publication shows in no byte of it, the revision included; only the next publication does."""
    given = facts(publication=LIST, published_outlook=Outlook(prospect=prospect(), shown=1))
    assert shown(replace(change(given), publication=LIST), audience) == shown(given, audience)


def _with_another_end(given: EventFacts) -> EventFacts:
    assert given.reveal
    end = script(podium_row(2, "1-02", "王伟", "77"), podium_row(1, "1-09", "赵敏", "99", "best"))
    return replace(given, reveal=replace(given.reveal, script=end))


@pytest.mark.parametrize(
    ("audience", "mode", "step", "is_hidden"),
    [
        ("public", "live", 1, True),
        ("jury", "live", 1, True),
        ("presenter", "live", 0, True),
        ("presenter", "live", 1, False),
        ("public", "live", 2, False),
        ("public", "rehearsal", 2, True),
        ("presenter", "rehearsal", 1, True),
        ("presenter", "closed", 1, True),
    ],
)
def test_leak_nothing_from_behind_the_curtain(audience: Audience, mode: str, step: int, is_hidden: bool) -> None:
    """A step that has not come is known to the presenter alone, when it is the next; a rehearsal tells nothing of the real list."""
    given = facts(reveal=reveal(mode, step))
    assert (shown(_with_another_end(given), audience) == shown(given, audience)) is is_hidden


@pytest.mark.parametrize("change", [_renamed, _with_later_marks, _before_any_mark])
def test_leak_test_would_notice(change: Callable[[EventFacts], EventFacts]) -> None:
    """The bytes compared above do differ where something visible differs: with names, without a freeze, or for the jury."""
    frozen = facts(freeze=FROZEN, is_blind=False)
    assert shown(change(facts(is_blind=False))) != shown(facts(is_blind=False))
    assert shown(change(frozen), "jury") != shown(frozen, "jury")
