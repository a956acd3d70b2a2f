"""Who may do what. Denied by default: a verb that is not named here is refused to everybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil
from typing import Literal

from schemas.access import Role
from schemas.base import Message
from schemas.problems import N_, NotSignedIn, Problem

Verb = Literal[
    "manage_event",
    "run_clock",
    "open_document",
    "see_desk",
    "see_entrants",
    "see_marks",
    "reopen_sheet",
    "enter_paper",
    "import_rescue",
    "penalise",
    "withdraw",
    "publish",
    "export",
    "manage_boards",
    "freeze",
    "present",
    "manage_accounts",
    "mark",
]
ANYONE = "anyone"
"""What a handler declares when it needs nobody to be signed in."""

ROLES_OF: dict[Verb, frozenset[Role]] = {
    "manage_event": frozenset({"organiser"}),
    "run_clock": frozenset({"organiser", "chief_judge"}),
    "open_document": frozenset({"organiser"}),
    "see_desk": frozenset({"organiser", "chief_judge", "scorekeeper", "supervisor"}),
    "see_entrants": frozenset({"organiser", "supervisor"}),
    "see_marks": frozenset({"organiser", "chief_judge", "supervisor"}),
    "reopen_sheet": frozenset({"chief_judge"}),
    "enter_paper": frozenset({"chief_judge", "scorekeeper"}),
    "import_rescue": frozenset({"organiser", "chief_judge", "scorekeeper"}),
    "penalise": frozenset({"chief_judge"}),
    "withdraw": frozenset({"organiser", "chief_judge"}),
    "publish": frozenset({"organiser"}),
    "export": frozenset({"organiser", "chief_judge", "supervisor"}),
    "manage_boards": frozenset({"organiser"}),
    "freeze": frozenset({"organiser", "chief_judge"}),
    "present": frozenset({"organiser", "presenter"}),
    "manage_accounts": frozenset({"organiser"}),
    "mark": frozenset({"judge", "chief_judge", "scorekeeper"}),
}
TABLET_VERBS: frozenset[Verb] = frozenset({"mark"})
"""What is done on an enrolled device; whoever may not is sent to the PIN, not to the password."""

SIGN_IN_LASTS = timedelta(hours=12)
UNLOCK_LASTS = timedelta(hours=16)
ENROLMENT_LASTS = timedelta(days=7)
GUESS_WINDOW = timedelta(minutes=15)
GUESSES_PER_WINDOW = 10
"""At most 40 guesses an hour at one device, or at one account from one address; guessing at one never locks another.

What is guessed at other accounts from an address is not counted: a whole hall may be behind one, with the organiser in it.
"""

GUESSES_FROM_EVERYWHERE = 200
"""At one account: who guesses from many addresses at once has to wait at last, and with them the owner, so it is generous."""

PIN_DIGITS = 6
PASSWORD_LENGTH = 10


class GuessLimit(Message):
    """How many wrong tries may be made at ``subject`` from an address (None: from all) within the window."""

    subject: str
    asked_from: str | None
    most: int


def guess_limits(subject: str, asked_from: str) -> tuple[GuessLimit, ...]:
    """What a guess is counted by; a tablet has no address, for its PIN is guessed at on the tablet itself."""
    own = GuessLimit(subject=subject, asked_from=asked_from, most=GUESSES_PER_WINDOW)
    if not asked_from:
        return (own,)
    return own, GuessLimit(subject=subject, asked_from=None, most=GUESSES_FROM_EVERYWHERE)


def minutes_until(moment: datetime, now: datetime) -> int:
    """How many whole minutes are to be waited until a moment; at least one."""
    return max(1, ceil((moment - now) / timedelta(minutes=1)))


def may(role: Role, verb: str) -> bool:
    """Whether this role may do this."""
    return role in ROLES_OF.get(verb, frozenset())  # type: ignore[call-overload]


class WrongPassword(Problem):
    """No account with this name and password."""

    status = 401
    sentence = N_(
        "This user name and password do not belong together. Check both; after {guesses} wrong tries you must wait."
    )


class WrongPin(Problem):
    """The PIN is not this judge's."""

    status = 401
    sentence = N_("This is not the PIN of {name}. Check the slip you were given, or ask the organiser for a new one.")


class TooManyGuesses(Problem):
    """An account or device was guessed at too often."""

    status = 429
    sentence = N_("Too many wrong tries. Wait {minutes} minutes, or ask the organiser for a new PIN or password.")


class OwnAccount(Problem):
    """Somebody who would put themselves out."""

    status = 409
    sentence = N_("This is your own account. Let another organiser take it out of use.")


class LastOrganiser(Problem):
    """The last account that may manage accounts."""

    status = 409
    sentence = N_("{name} is the last organiser who can sign in. Add another organiser first.")


class AccountIsOutOfUse(Problem):
    """A tablet link or a PIN for somebody who was taken out of use."""

    status = 409
    sentence = N_("The account of {name} is out of use and gets no tablet. Put it back into use at Accounts first.")


class EnrolmentIsSpent(Problem):
    """The one-time link was used, replaced or is too old."""

    status = 410
    sentence = N_("This tablet link has been used or is too old. Ask the organiser for a new QR code.")


class DeviceIsLocked(NotSignedIn):
    """No enrolled tablet, or one whose judge has yet to give the PIN."""

    door = "/judge/unlock"
    sentence = N_("This tablet is locked. Enter your PIN; what you have already entered is kept.")


class DeviceIsRevoked(Problem):
    """The organiser took this tablet out of the competition."""

    status = 403
    sentence = N_("The organiser has taken this tablet out of use. What is on it is kept; ask for a new QR code.")


class UsernameIsTaken(Problem):
    """Another account has this user name."""

    status = 409
    sentence = N_("There is already an account with the user name {username}. Choose another.")


class PasswordIsWeak(Problem):
    """A password that could be guessed."""

    sentence = N_("The password must have at least {length} characters. A short sentence is easy to remember.")


class BadUsername(Problem):
    """A user name that cannot be typed the same way twice."""

    sentence = N_("The user name {username} cannot be used: take 2 to 40 lower-case letters, digits, dots or hyphens.")


class NoSuchAccount(Problem):
    """No account has this user name."""

    status = 404
    sentence = N_("There is no account with the user name {username}. `leitai user list` shows them.")
