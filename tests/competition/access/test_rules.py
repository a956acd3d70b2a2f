"""Who may do what, as a table."""

from __future__ import annotations

from datetime import timedelta
from typing import get_args

import pytest

from competition.access import rules
from competition.access.rules import ROLES_OF, TABLET_VERBS, Verb, may
from schemas.access import Role

VERBS: tuple[Verb, ...] = get_args(Verb)
ROLES: tuple[Role, ...] = get_args(Role)

EXPECTED: dict[Role, set[Verb]] = {
    "organiser": {
        "manage_accounts",
        "manage_event",
        "open_document",
        "see_desk",
        "see_entrants",
        "see_marks",
        "import_rescue",
        "withdraw",
        "publish",
        "export",
        "run_clock",
        "manage_boards",
        "freeze",
        "present",
    },
    "chief_judge": {
        "see_desk",
        "see_marks",
        "reopen_sheet",
        "enter_paper",
        "import_rescue",
        "penalise",
        "withdraw",
        "export",
        "run_clock",
        "freeze",
        "mark",
    },
    "judge": {"mark"},
    "scorekeeper": {"see_desk", "enter_paper", "import_rescue", "mark"},
    "code_keeper": set(),
    "supervisor": {"see_desk", "see_entrants", "see_marks", "export"},
    "presenter": {"present"},
    "competitor": set(),
    "spectator": set(),
}


@pytest.mark.parametrize("role", ROLES)
def test_may_gives_each_role_exactly_its_verbs(role: Role) -> None:
    """A role may do what the table says, and nothing else."""
    assert {verb for verb in VERBS if may(role, verb)} == EXPECTED[role]


def test_may_knows_every_verb() -> None:
    """No verb is left without a rule, and none is ruled that no handler could declare."""
    assert set(ROLES_OF) == set(VERBS)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", ["", "anyone", "MARK", "delete_everything"])
def test_may_refuses_a_verb_it_does_not_know(role: Role, verb: str) -> None:
    """Denied by default: a verb that is not named is refused to everybody."""
    assert not may(role, verb)


def test_who_marks_never_sees_names_by_role() -> None:
    """No role that marks may see entrants, for marking is blind."""
    assert ROLES_OF["mark"] & ROLES_OF["see_entrants"] == set()


def test_nobody_marks_without_a_tablet() -> None:
    """Marking is the one verb that needs an enrolled device."""
    assert set(TABLET_VERBS) == {"mark"}


def test_guessing_is_slow() -> None:
    """At most fifty guesses an hour at one judge's PIN on one device (acceptance 28)."""
    windows = timedelta(hours=1) / rules.GUESS_WINDOW
    assert rules.GUESSES_PER_WINDOW * windows == 40
