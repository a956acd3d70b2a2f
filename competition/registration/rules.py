"""The rules of registration: documents and phones checked and masked, words in both languages understood, texts tidied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, cast

import msgspec

from schemas.base import Message, Text
from schemas.problems import N_
from schemas.registration import DocumentKind, EntrantStatus, Sex

LONGEST_TEXT = 100
"""Characters that a name, a mentor or a leader may have; an employer may have twice as many."""

SEXES: Mapping[Sex, Text] = {"male": Text(zh="男", en="Male"), "female": Text(zh="女", en="Female")}

DOCUMENT_KINDS: Mapping[DocumentKind, Text] = {
    "resident_id": Text(zh="居民身份证", en="Resident ID"),
    "passport": Text(zh="护照", en="Passport"),
    "other": Text(zh="其他证件", en="Other"),
}

SkillLevel = Literal["", "apprentice", "5", "4", "3", "2", "1", "special", "chief"]

SKILL_LEVELS: Mapping[SkillLevel, Text] = {
    "apprentice": Text(zh="学徒工", en="Apprentice"),
    "5": Text(zh="初级工（五级）", en="Junior worker (level 5)"),
    "4": Text(zh="中级工（四级）", en="Intermediate worker (level 4)"),
    "3": Text(zh="高级工（三级）", en="Senior worker (level 3)"),
    "2": Text(zh="技师（二级）", en="Technician (level 2)"),
    "1": Text(zh="高级技师（一级）", en="Senior technician (level 1)"),
    "special": Text(zh="特级技师", en="Special-grade technician"),
    "chief": Text(zh="首席技师", en="Chief technician"),
}
"""The ladder of skill levels from the lowest; ``""`` (not listed here) is none. Five are numbered, 1 the highest of them."""

STATUSES: Mapping[EntrantStatus, Text] = {
    "registered": Text(zh="已报名", en="Registered"),
    "eligible": Text(zh="审查合格", en="Eligible"),
    "withdrawn": Text(zh="已退赛", en="Withdrawn"),
}


class Fault(Message):
    """What is wrong with a value and how to put it right, as msgids; ``data`` fills both and never holds a document or a phone."""

    problem: str
    remedy: str
    data: dict[str, Any] = msgspec.field(default_factory=dict)


# Documents ------------------------------------------------------------------------------------------------------------

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_TABLE = "10X98765432"
_RESIDENT_ID = re.compile(r"[0-9]{17}[0-9X]")
_OTHER_DOCUMENT = re.compile(r"[A-Z0-9][A-Z0-9()/-]{3,29}")
_PASSPORT = re.compile(r"[A-Z0-9]{5,20}")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]{1,2}")
_FIRST_YEAR = 1800
_RESIDENT_ID_LENGTH = 18
_PHONE_LENGTH = 11
_SHORT_DOCUMENT = 11
"""Up to this length, seven characters would show too much of a document."""


def check_digit(body: str) -> str:
    """The last character of a resident ID number whose first 17 digits are ``body`` (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECK_TABLE[sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, body, strict=True)) % 11]


def document_fault(kind: DocumentKind, document: str, *, born_before: date) -> Fault | None:
    """What is wrong with a tidied document number, if anything; the holder must be born before ``born_before``."""
    if is_scientific(document):
        return Fault(
            problem=N_("The number was turned into scientific notation, and its last digits are lost."),
            remedy=N_("Format the column as text and type the number again; it cannot be repaired."),
        )
    match kind:
        case "resident_id":
            return _resident_id_fault(document, born_before)
        case "passport" if not _PASSPORT.fullmatch(document):
            return Fault(
                problem=N_("This is no passport number: it must have 5 to 20 letters and digits."),
                remedy=N_("Type the number as it is printed in the passport, or choose another kind of document."),
            )
        case "other" if not _OTHER_DOCUMENT.fullmatch(document):
            return Fault(
                problem=N_(
                    "This is no document number: it must have 4 to 30 letters, digits, hyphens, slashes or brackets."
                ),
                remedy=N_("Type the number as it is printed on the document."),
            )
    return None


def sex_of_resident_id(document: str) -> Sex:
    """The holder's sex by a resident ID number: an odd 17th digit is male."""
    return "male" if int(document[16]) % 2 else "female"


def is_scientific(written: str) -> bool:
    """Whether a text is what Excel makes of a long number: 4.40524E+17."""
    return _SCIENTIFIC.fullmatch(written) is not None


def _resident_id_fault(document: str, born_before: date) -> Fault | None:
    return _shape_fault(document) or _birthday_fault(document, born_before) or _check_digit_fault(document)


_RETYPE = N_("Compare it with the identity card and type it again.")


def _shape_fault(document: str) -> Fault | None:
    if re.fullmatch(r"[0-9]{15}", document):
        return Fault(
            problem=N_(
                "This is a 15-digit number of the first generation of identity cards, which are no longer valid."
            ),
            remedy=N_("Type the 18 characters of the present identity card."),
        )
    if len(document) != _RESIDENT_ID_LENGTH:
        problem = N_("A resident ID number has 18 characters; this one has {length}.")
        return Fault(problem=problem, remedy=_RETYPE, data={"length": len(document)})
    if not _RESIDENT_ID.fullmatch(document):
        problem = N_("A resident ID number has 17 digits and then a digit or X; this one has other characters.")
        return Fault(problem=problem, remedy=_RETYPE)
    return None


def _birthday_fault(document: str, born_before: date) -> Fault | None:
    birthday = _birthday(document)
    if birthday is None:
        problem = N_("The date of birth in the number (its 7th to 14th digit) does not exist.")
        return Fault(problem=problem, remedy=_RETYPE)
    if birthday >= born_before:
        problem = N_("By the date of birth in the number the holder is not born before the competition.")
        return Fault(problem=problem, remedy=_RETYPE)
    return None


def _check_digit_fault(document: str) -> Fault | None:
    if check_digit(document[:17]) == document[17]:
        return None
    if document.endswith("000"):
        return Fault(
            problem=N_(
                "The number ends in 000 and its check digit is wrong: a spreadsheet has probably rounded it to 15 digits."
            ),
            remedy=N_("Format the column as text and type the number again; it cannot be repaired."),
        )
    problem = N_("The check digit (the last character) does not agree with the 17 digits before it.")
    return Fault(problem=problem, remedy=_RETYPE)


def _birthday(document: str) -> date | None:
    try:
        birthday = date(int(document[6:10]), int(document[10:12]), int(document[12:14]))
    except ValueError:
        return None
    return birthday if birthday.year >= _FIRST_YEAR else None


# Phones ---------------------------------------------------------------------------------------------------------------


def phone_fault(phone: str) -> Fault | None:
    """What is wrong with a tidied mobile number, if anything: it must have 11 digits and begin with 13 to 19."""
    retype = N_("Type one mobile number of 11 digits that begins with 13 to 19.")
    if is_scientific(phone):
        return Fault(
            problem=N_("The number was turned into scientific notation, and its last digits are lost."),
            remedy=N_("Format the column as text and type the number again; it cannot be repaired."),
        )
    if not re.fullmatch(r"[0-9]+", phone):
        return Fault(problem=N_("The mobile number has characters that are not digits."), remedy=retype)
    if len(phone) != _PHONE_LENGTH:
        return Fault(
            problem=N_("A mobile number has 11 digits; this one has {length}."),
            remedy=retype,
            data={"length": len(phone)},
        )
    if not re.fullmatch(r"1[3-9][0-9]{9}", phone):
        return Fault(problem=N_("No mobile number begins with these digits."), remedy=retype)
    return None


# Masks ----------------------------------------------------------------------------------------------------------------


def masked_document(document: str) -> str:
    """A document as staff see it: the first three and last four characters of a long one, the last two of a short one."""
    if len(document) > _SHORT_DOCUMENT:
        return f"{document[:3]}{'*' * (len(document) - 7)}{document[-4:]}"
    return f"{'*' * (len(document) - 2)}{document[-2:]}"


def masked_phone(phone: str) -> str:
    """A phone number as staff see it: 138****8000."""
    return f"{phone[:3]}{'*' * (len(phone) - 7)}{phone[-4:]}"


# Texts ----------------------------------------------------------------------------------------------------------------

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))
"""Zero-width space, word joiner, byte order mark, soft hyphen: they carry nothing. The joiners of emoji and of Arabic
and Indic scripts (U+200C, U+200D) and the marks of direction are part of a name and stay."""
_HALF_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_SPACES = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_HAN = "[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_PADDING = re.compile(rf"(?<={_HAN})\s+(?={_HAN})")
_ZERO_WIDTH = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")


def half_width(text: str) -> str:
    """``text`` with full-width letters, digits, signs and spaces made plain, and outer and zero-width space taken away."""
    return _ZERO_WIDTH.sub("", text.translate(_HALF_WIDTH)).replace("\u00a0", " ").strip()


def tidy_name(text: str) -> str:
    """A name without outer space, line breaks and the spaces that pad two Chinese characters to the width of three."""
    return _PADDING.sub("", tidy_text(text))


def tidy_text(text: str) -> str:
    """A text without outer space, line breaks and invisible characters; all else stays as it was written."""
    return _SPACES.sub(" ", text.translate(_INVISIBLE).replace("\u00a0", " ")).strip()


def tidy_document(text: str) -> str:
    """A document number in plain capitals without spaces or the quotes that keep a spreadsheet from calculating with it."""
    plain = re.sub(r"\s", "", half_width(text)).upper()
    return re.sub(r'^(="(.*)"|\'(.*))$', lambda quoted: quoted[2] or quoted[3] or "", plain)


def tidy_phone(text: str) -> str:
    """A phone number without spaces, hyphens, dots, brackets, quotes and the prefix of China."""
    plain = (
        re.sub(r"[ .()\u2010-\u2015-]", "", tidy_document(text))
        if not is_scientific(half_width(text))
        else half_width(text)
    )
    return re.sub(r"^(\+86|0086|86(?=1[0-9]{10}$))", "", plain)


def text_fault(text: str, *, most: int = LONGEST_TEXT) -> Fault | None:
    """What is wrong with a tidied free text, if anything: it is too long, or holds control characters."""
    if len(text) > most:
        return Fault(
            problem=N_("The text has {length} characters; there is room for {most}."),
            remedy=N_("Shorten it."),
            data={"length": len(text), "most": most},
        )
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        return Fault(
            problem=N_("The text holds control characters that nobody can see."),
            remedy=N_("Delete the cell and type it again."),
        )
    return None


# Words ----------------------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """``text`` as it is compared: plain width, no case, no spaces."""
    return re.sub(r"\s", "", half_width(text)).casefold()


def sex_in(text: str) -> Sex | None:
    """The sex that a word means, in either language; None when it means none."""
    return _SEX_WORDS.get(folded(text))


def document_kind_in(text: str) -> DocumentKind | None:
    """The kind of document that a word means, in either language; an empty cell means a resident ID."""
    return _KIND_WORDS.get(_letters(text) or folded(text))


def skill_level_in(text: str) -> SkillLevel | None:
    """The skill level that words mean (高级工, 三级, 高级工/三级, Level 3, 3); ``""`` for none, None when not understood."""
    return _LEVEL_WORDS.get(_letters(text) or folded(text))


def skill_level_text(level: str) -> Text:
    """How a stored skill level is shown."""
    return SKILL_LEVELS.get(cast("SkillLevel", level), Text(zh=level, en=level))


def _letters(text: str) -> str:
    return "".join(character for character in folded(text) if character.isalnum())


def _level_words() -> dict[str, SkillLevel]:
    words: dict[str, SkillLevel] = dict.fromkeys(
        ("", "-", "--", "—", "/", "无", "暂无", "没有", "无等级", "none", "no", "na"), ""
    )
    numerals = {"5": "五", "4": "四", "3": "三", "2": "二", "1": "一"}
    for level, name in SKILL_LEVELS.items():
        zh, en = name.zh.partition("（")[0], _letters(name.en.partition(" (")[0])
        words |= dict.fromkeys((zh, en), level)
        if level in numerals:
            for grade in (f"{numerals[level]}级", f"{level}级"):
                words |= dict.fromkeys((grade, f"{zh}{grade}", f"{grade}{zh}", f"国家职业资格{grade}"), level)
            for grade in (level, f"level{level}", f"l{level}", f"grade{level}"):
                words |= dict.fromkeys((grade, f"{en}{grade}", f"{grade}{en}"), level)
    return words


_SEX_WORDS: dict[str, Sex] = {
    "男": "male", "男性": "male", "male": "male", "m": "male", "man": "male",
    "女": "female", "女性": "female", "female": "female", "f": "female", "woman": "female",
}  # fmt: skip
_KINDS_BY_WORDS: Mapping[DocumentKind, str] = {
    "resident_id": " 居民身份证 身份证 二代身份证 中华人民共和国居民身份证 residentid residentidcard idcard id",
    "passport": "护照 passport",
    "other": (
        "其他 其它 其他证件 其它证件 港澳居民来往内地通行证 台湾居民来往大陆通行证 港澳通行证 台胞证 军官证 士兵证"
        " 外国人永久居留身份证 other otherdocument"
    ),
}
_KIND_WORDS = {word: kind for kind, words in _KINDS_BY_WORDS.items() for word in words.split(" ")}
_LEVEL_WORDS = _level_words()
