"""The rules of registration: GB 11643 numbers, phones, masks, words."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competition.registration.rules import (
    DOCUMENT_KINDS,
    SKILL_LEVELS,
    check_digit,
    document_fault,
    document_kind_in,
    half_width,
    masked_document,
    masked_phone,
    phone_fault,
    sex_in,
    sex_of_resident_id,
    skill_level_in,
    skill_level_text,
    tidy_document,
    tidy_name,
    tidy_phone,
    tidy_text,
)
from schemas.base import Text
from schemas.registration import DocumentKind

DAY = date(2026, 6, 1)

bodies = st.builds(
    lambda region, born, serial: f"{region:06d}{born:%Y%m%d}{serial:03d}",
    st.integers(110000, 659999),
    st.dates(date(1880, 1, 1), DAY - timedelta(days=1)),
    st.integers(0, 999),
)


def problem_of(kind: DocumentKind, document: str) -> str | None:
    """What is wrong with a document on that day."""
    fault = document_fault(kind, document, born_before=DAY)
    return fault.problem if fault else None


@pytest.mark.parametrize(("document", "sex"), [("11010519491231002X", "female"), ("440524188001010014", "male")])
def test_published_numbers_are_valid(document: str, sex: str) -> None:
    """The examples of GB 11643 pass, and their 17th digit gives the sex."""
    assert (problem_of("resident_id", document), sex_of_resident_id(document)) == (None, sex)


def test_collected_vectors_are_valid(cases: Path) -> None:
    """So do the numbers among the collected cases."""
    vectors = json.loads((cases / "cnc-sheets.json").read_text("utf-8"))["check_digit_test_vectors"][
        "resident_id_valid"
    ]
    assert {document: problem_of("resident_id", document) for document in vectors} == dict.fromkeys(vectors)


@given(bodies)
def test_of_eleven_last_characters_one_is_right(body: str) -> None:
    """Exactly one of the check characters makes a number valid."""
    valid = [last for last in "0123456789X" if problem_of("resident_id", body + last) is None]
    assert valid == [check_digit(body)]


@given(bodies, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(body: str, place: int, shift: int) -> None:
    """Whichever digit is mistyped, the number is refused."""
    wrong = body[:place] + str((int(body[place]) + shift) % 10) + body[place + 1 :]
    assert problem_of("resident_id", wrong + check_digit(body)) is not None


@given(bodies, st.integers(0, 15))
def test_two_swapped_neighbours_are_always_found(body: str, place: int) -> None:
    """Two different neighbouring digits that change places are found."""
    swapped = body[:place] + body[place + 1] + body[place] + body[place + 2 :]
    if swapped != body:
        assert problem_of("resident_id", swapped + check_digit(body)) is not None


@given(bodies)
def test_tidying_makes_plain_what_people_paste(body: str) -> None:
    """Full-width digits, spaces of all kinds, zero-width characters, a small x and a leading quote are put right."""
    document = body + check_digit(body)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in document.lower())
    pasted = f"\ufeff'{wide[:6]}\u3000{wide[6:14]}\u00a0\u200b{wide[14:]} "
    assert [tidy_document(text) for text in (pasted, document, f'="{document}"')] == [document] * 3


@given(st.text(st.characters(codec="utf-8")))
def test_tidying_twice_is_tidying_once(text: str) -> None:
    """Any text is tidied for good, and then judged without a crash."""
    for tidy in (tidy_name, tidy_text, half_width):
        assert tidy(tidy(text)) == tidy(text)
    for kind in DOCUMENT_KINDS:
        problem_of(kind, tidy_document(text))
    phone_fault(tidy_phone(text))


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("13800138000", "13800138000"),
        ("１３８　００１３　８０００", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("0086 138.0013.8000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("(138)00138000", "13800138000"),
        ("1.38E+10", "1.38E+10"),
    ],
)
def test_phones_are_tidied(written: str, phone: str) -> None:
    """Spacing and the prefix of China go; a number that a spreadsheet destroyed stays to be seen as such."""
    assert tidy_phone(written) == phone


@pytest.mark.parametrize(
    ("phone", "is_good"),
    [
        ("13000000000", True),
        ("19999999999", True),
        ("12000000000", False),
        ("1380013800", False),
        ("138001380000", False),
    ],
)
def test_phones_have_eleven_digits_from_13_to_19(phone: str, is_good: bool) -> None:
    """The numbering plan of mobile phones."""
    assert (phone_fault(phone) is None) == is_good


@pytest.mark.parametrize(
    ("document", "masked"),
    [
        ("11010519491231002X", "110***********002X"),
        ("E12345678", "*******78"),
        ("A123", "**23"),
        ("123456789012", "123*****9012"),
    ],
)
def test_documents_are_masked(document: str, masked: str) -> None:
    """A long document shows seven characters, none of the date of birth; a short one shows two."""
    assert masked_document(document) == masked


def test_phones_are_masked() -> None:
    """A phone number shows three and four digits."""
    assert masked_phone("13800138000") == "138****8000"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("张　三", "张三"),
        (" 王 伟 ", "王伟"),
        ("\u200b李\ufeff强\u00a0", "李强"),
        ("Ann  Lee", "Ann  Lee"),
        ("Ann\nLee", "Ann Lee"),
        ("欧阳 Ann", "欧阳 Ann"),
        ("（集团）", "（集团）"),
    ],
)
def test_names_lose_only_padding(written: str, name: str) -> None:
    """Spaces that pad Chinese names go; those between words stay."""
    assert tidy_name(written) == name


@pytest.mark.parametrize(
    ("word", "sex"), [("男", "male"), (" 女性 ", "female"), ("Ｆ", "female"), ("MALE", "male"), ("x", None)]
)
def test_sexes_are_understood(word: str, sex: str | None) -> None:
    """In both languages, any width and case."""
    assert sex_in(word) == sex


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("", "resident_id"),
        ("身份证", "resident_id"),
        ("Passport", "passport"),
        ("港澳居民来往内地通行证", "other"),
        ("驾照", None),
        ("?", None),
    ],
)
def test_document_kinds_are_understood(word: str, kind: str | None) -> None:
    """An empty cell is a resident ID."""
    assert document_kind_in(word) == kind


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("", ""),
        ("无", ""),
        ("初级工", "5"),
        ("中级工（四级）", "4"),
        ("高级工/三级", "3"),
        ("三级／高级工", "3"),
        ("3", "3"),
        ("３级", "3"),
        ("Level 3", "3"),
        ("国家职业资格二级", "2"),
        ("技师", "2"),
        ("高级技师", "1"),
        ("高级技师一级", "1"),
        ("senior technician", "1"),
        ("首席技师", "chief"),
        ("-", ""),
        ("?", None),
        ("高级", None),
        ("6", None),
    ],
)
def test_skill_levels_are_understood(words: str, level: str | None) -> None:
    """By name, by number or both; what could mean two things is not guessed."""
    assert skill_level_in(words) == level


def test_skill_levels_are_understood_as_they_are_shown() -> None:
    """What the product shows in either language can be read back."""
    assert [skill_level_in(text) for name in SKILL_LEVELS.values() for text in (name.zh, name.en)] == [
        level for level in SKILL_LEVELS for _ in range(2)
    ]
    assert skill_level_text("3") == Text(zh="高级工（三级）", en="Senior worker (level 3)")
    assert skill_level_text("") == Text(zh="", en="")
