"""What a verification answers: how much was compared, and what does not agree, each as a sentence with its data. Pure."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

import msgspec

from competition.plumbing.locale import sentence_of, speaking
from schemas.base import Message, Text
from schemas.marks import Signer
from schemas.problems import N_, Problem
from schemas.results import EntrantState

LINK_BROKEN = N_("Ledger entry {position} ({entrant}) was changed after it was written, or one before it was.")
ENTRIES_MISSING = N_("The ledger has lost entries: {first} to {last} are missing.")
ENTRY_UNREADABLE = N_("Ledger entry {position} ({entrant}) cannot be read: {why}.")
ENTRY_REWORDED = N_("Ledger entry {position} ({entrant}) is not in the form in which Leitai writes entries.")
COLUMN_DIFFERS = N_("Ledger entry {position}: the column {column} says {stated}, the entry itself says {computed}.")
REVISION_DIFFERS = N_("Ledger entry {position}: its revision {stated} is not between {least} and {most}.")
HEAD_DIFFERS = N_("The event says that its ledger stands at {stated}; it stands at {computed}.")
CHECKPOINT_DIFFERS = N_("The checkpoint {stated}, written down on {at} ({reason}), is not in the ledger.")
PAPER_MISSING = N_("Ledger entry {position} is a {kind}, but its picture is gone.")
PAPER_ALTERED = N_("Ledger entry {position} is a {kind}, and its picture is not the one that was recorded.")
SEAL_DIFFERS = N_(
    "Ledger entry {position}: {signer} signed the sheet {sheet} as {stated}; what was on it then comes to {computed}."
)
SHEET_CHANGED = N_(
    "Ledger entry {position} changed the sheet {sheet} after {signer} had signed it; it was not reopened for that. "
    "No signature under it holds."
)
SIGNATURE_DIFFERS = N_(
    "Ledger entry {position}: {signer} signed {stated} under the sheet {sheet}, whose sign-off is of {computed}."
)
SIGNATURE_LOOSE = N_(
    "Ledger entry {position}: {signer} signed the sheet {sheet} under a sign-off that was not in force."
)
SHEET_STATE_DIFFERS = N_(
    "The sheet {sheet} is recorded with the sign-off {stated}; by the ledger {computed} is the one in force."
)
PRINTED_DIFFERS = N_("The printed checkpoint {stated} is not in the ledger: what was printed has been changed since.")

LENGTH_DIFFERS = N_("{where} was made from {stated} ledger entries; there are {computed}.")
LEDGER_DIFFERS = N_("{where} states the ledger digest {stated}; the ledger comes to {computed}.")
SCHEME_DIFFERS = N_("{where} states the scheme digest {stated}; the marking scheme comes to {computed}.")
SCHEME_MISSING = N_("There are marks or results, but the marking scheme is gone.")
UNREADABLE = N_("{where} cannot be read: {why}.")
PUBLICATION_REWRITTEN = N_("{where} was changed after it was published: its digest is {computed}, not {stated}.")
PUBLICATION_COLUMN_DIFFERS = N_("{where}: the column {column} says {stated}, the list itself says {computed}.")

ENTRANT_MISSING = N_("{where}: {entrant} is missing.")
ENTRANT_UNKNOWN = N_("{where}: {entrant} is listed, but does not belong there.")
ENTRANT_TWICE = N_("{where}: {entrant} is listed more than once.")
ENTRANT_DIFFERS = N_("{where}: {entrant} is listed with another {field} than among the entrants.")
RESULT_IMPOSSIBLE = N_("{where}: no result can be computed for {entrant}: {why}")
STATE_DIFFERS = N_("{where}: {entrant} is listed as {stated}; by the ledger they are {computed}.")
TOTAL_DIFFERS = N_("{where}: {entrant} is listed with a total of {stated}; the marks come to {computed}.")
POINTS_DIFFER = N_("{where}: {entrant} is listed with {stated} points for {part}; the marks come to {computed}.")
COUNT_DIFFERS = N_("{where}: {entrant} is listed with {stated} readings; the ledger comes to {computed}.")
RANK_DIFFERS = N_("{where}: {entrant} is listed at rank {stated}; the ranking gives {computed}.")
RECOUNT_DIFFERS = N_("Computed a second time, {part} of {entrant} comes to {computed}, not to {stated}.")
SHARING_DIFFERS = N_("{where}: it is stated wrongly whether {entrant} is tied.")

NOT_WHOLE_JSON = Text(zh="不是完整的 JSON", en="it is not whole JSON")
NO_SUCH_READING = Text(zh="其中有任何人都无法录入的读数。", en="There are readings that nobody can have entered.")
NO_SIGN_OFF = Text(zh="（无）", en="(none)")
STANDINGS = Text(zh="现行排名", en="The standings")
SCHEME = Text(zh="评分方案的记录", en="The scheme's record")
PAPERS = {
    "signature": Text(zh="手写签名", en="signature"),
    "photograph": Text(zh="照片", en="photograph"),
}
SIGNERS: dict[Signer, Text] = {
    "judge": Text(zh="裁判", en="judge"),
    "competitor": Text(zh="选手", en="the competitor"),
    "chief_judge": Text(zh="裁判长", en="chief judge"),
}
STATES: dict[EntrantState, Text] = {
    "competing": Text(zh="参赛", en="competing"),
    "unranked": Text(zh="不排名", en="not ranked"),
    "absent": Text(zh="缺赛", en="absent"),
    "withdrawn": Text(zh="退赛", en="withdrawn"),
    "disqualified": Text(zh="取消资格", en="disqualified"),
}
FIELDS = {
    "code": Text(zh="赛位码", en="code"),
    "name": Text(zh="姓名", en="name"),
    "delegation": Text(zh="代表队", en="delegation"),
}


class Finding(Message):
    """One thing that does not agree: an English msgid and what fills it; ``translate(sentence, **data)`` says it."""

    sentence: str
    data: dict[str, str | int | Text]


class GivenSignature(Message):
    """A signature by hand under the sign-off in force: in which role, by whom, when, and where in the ledger."""

    role: Signer
    by: UUID | None
    signed_at: datetime
    position: int


class SignedSheet(Message):
    """A score sheet that is signed: its sign-off and the signatures under it; ``holds`` is whether the sheet comes to the digest.

    ``judge`` is empty where nobody knows the judge's name.
    """

    sheet_id: UUID
    entrant: str
    sub_criterion: str
    judge_id: UUID
    judge: str
    seal: UUID
    sheet_digest: str
    signed_at: datetime
    position: int
    signatures: tuple[GivenSignature, ...]
    holds: bool


class Verification(Message):
    """How much was compared, and what did not agree.

    ``ledger_digest`` is what the ledger comes to, in hexadecimal; ``lists`` counts the result lists that were computed again,
    ``checkpoints`` the digests that the ledger was held against. ``sheets`` are the score sheets that are signed, each with whether
    what is on it is what was signed.
    """

    ledger_entries: int
    ledger_digest: str
    lists: int
    checkpoints: int
    findings: tuple[Finding, ...]
    sheets: tuple[SignedSheet, ...] = ()

    def is_good(self) -> bool:
        """Whether everything agrees."""
        return not self.findings


def finding(sentence: str, **data: str | int | Text) -> Finding:
    """A finding of this sentence."""
    return Finding(sentence=sentence, data=data)


def publication_named(number: int) -> Text:
    """How a finding names a publication."""
    return Text(zh=f"第 {number} 号公布", en=f"Publication {number}")


def version_named(number: int) -> Text:
    """How a finding names a version of the scheme."""
    return Text(zh=f"评分方案第 {number} 版", en=f"Version {number} of the scheme")


def reason_said(reason: str) -> Text | str:
    """Why a checkpoint was written down: the code of a publication or an amendment in words, anything else as somebody put it."""
    kind, _, number = reason.partition(":")
    named = {"publication": publication_named, "amendment": version_named}.get(kind)
    return named(int(number)) if named and number.isdecimal() else reason


def unread(fault: Exception) -> Text:
    """Why something that is stored as JSON cannot be read, in words for a decoder's own."""
    if not isinstance(fault, msgspec.ValidationError):
        return NOT_WHOLE_JSON
    place = place_of(fault)
    return Text(zh=f"{place} 缺失、不认识或类型不符", en=f"{place} is missing, unknown or of another kind")


def place_of(fault: Exception) -> str:
    """Where a decoder stumbled: the path that it names, and the field beside it."""
    said = str(fault)
    path, field = re.search(r" - at `(.+)`$", said), re.search(r" field `(\w+)`", said)
    return (path[1] if path else "$") + (f".{field[1]}" if field else "")


def unscored(fault: Exception) -> Text:
    """Why readings come to no result: as the rules of scoring say it, or that they are none."""
    if not isinstance(fault, Problem):
        return NO_SUCH_READING
    with speaking("zh-CN"):
        zh = sentence_of(fault)
    with speaking("en"):
        return Text(zh=zh, en=sentence_of(fault))
