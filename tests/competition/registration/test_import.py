"""Importing a roster: every bad cell is named and nothing written, or all of it is, once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import pytest

from competition.plumbing.database import Connection
from competition.plumbing.sealing import Sealer
from competition.registration.actions import (
    KeyIsAnother,
    RosterHasBadCells,
    RosterIsAnother,
    import_roster,
    plan_import,
    set_entrant_status,
)
from competition.registration.store import delegations_of, entrants_of
from schemas.problems import NotFound
from schemas.registration import BadCell, Delegation, EntrantLine, ImportPlan, PlannedRow

SIX = ("姓名", "性别", "证件号码", "手机号码", "工作单位", "代表队")
RETYPE = "Compare it with the identity card and type it again."
AS_TEXT = "Format the column as text and type the number again; it cannot be repaired."
ONE_PHONE = "Type one mobile number of 11 digits that begins with 13 to 19."
DELETE_ONE = "Delete one of the two rows, or correct the one that is wrong."

BAD: tuple[tuple[dict[str, Any], dict[str, tuple[str, str]]], ...] = (
    # What is changed in a good line, and what each of its bad cells says; the first line of the table is row 3 of the sheet.
    ({"姓名": "  \u3000"}, {"姓名 (A)": ("The cell is empty.", "Fill in: Name.")}),
    ({"姓名": 4711}, {"姓名 (A)": ("The cell holds a number or a date, not a name.", "Type the name as text.")}),
    ({"姓名": "长" * 101}, {"姓名 (A)": ("The text has 101 characters; there is room for 100.", "Shorten it.")}),
    (
        {"姓名": "张\x01三"},
        {"姓名 (A)": ("The text holds control characters that nobody can see.", "Delete the cell and type it again.")},
    ),
    (
        {"姓名": ("=Sheet9!A1", "#REF!")},
        {"姓名 (A)": ("The cell shows an error: #REF!", "Delete the formula and type the value.")},
    ),
    ({"性别": ""}, {"性别 (B)": ("The cell is empty.", "Fill in: Sex.")}),
    ({"性别": "先生"}, {"性别 (B)": ("“先生” is not understood here.", "Write one of: Male, Female.")}),
    (
        {"性别": "女"},
        {
            "性别 (B)": (
                "By the ID number (its 17th digit) the sex is: Male.",
                "Correct the sex or the ID number, whichever is wrong.",
            )
        },
    ),
    (
        {"证件类型": "驾驶证"},
        {"证件类型 (C)": ("“驾驶证” is not understood here.", "Write one of: Resident ID, Passport, Other.")},
    ),
    ({"证件号码": ""}, {"证件号码 (D)": ("The cell is empty.", "Fill in: ID number.")}),
    (
        {"证件号码": 340202199003070190},
        {"证件号码 (D)": ("The cell holds a number, not text: digits beyond the 15th are lost.", AS_TEXT)},
    ),
    (
        {"证件号码": date(1990, 3, 7)},
        {"证件号码 (D)": ("The cell holds a number, not text: digits beyond the 15th are lost.", AS_TEXT)},
    ),
    (
        {"证件号码": "4.40524E+17"},
        {"证件号码 (D)": ("The number was turned into scientific notation, and its last digits are lost.", AS_TEXT)},
    ),
    (
        {"证件号码": "34020219900307019"},
        {"证件号码 (D)": ("A resident ID number has 18 characters; this one has 17.", RETYPE)},
    ),
    (
        {"证件号码": "340202900307019"},
        {
            "证件号码 (D)": (
                "This is a 15-digit number of the first generation of identity cards, which are no longer valid.",
                "Type the 18 characters of the present identity card.",
            )
        },
    ),
    (
        {"证件号码": "34020219900307O19X"},
        {
            "证件号码 (D)": (
                "A resident ID number has 17 digits and then a digit or X; this one has other characters.",
                RETYPE,
            )
        },
    ),
    (
        {"证件号码": "340202199002300191"},
        {
            "证件号码 (D)": (
                "The date of birth in the number (its 7th to 14th digit) does not exist.",
                RETYPE,
            )
        },
    ),
    (
        {"证件号码": "340202202606010191"},
        {
            "证件号码 (D)": (
                "By the date of birth in the number the holder is not born before the competition.",
                RETYPE,
            )
        },
    ),
    (
        {"证件号码": "340202199003070190"},
        {"证件号码 (D)": ("The check digit (the last character) does not agree with the 17 digits before it.", RETYPE)},
    ),
    (
        {"证件号码": "340202199003070000"},
        {
            "证件号码 (D)": (
                "The number ends in 000 and its check digit is wrong: a spreadsheet has probably rounded it to 15 digits.",
                AS_TEXT,
            )
        },
    ),
    (
        {"证件类型": "护照", "证件号码": "E1?"},
        {
            "证件号码 (D)": (
                "This is no passport number: it must have 5 to 20 letters and digits.",
                "Type the number as it is printed in the passport, or choose another kind of document.",
            )
        },
    ),
    (
        {"证件类型": "其他", "证件号码": "甲123"},
        {
            "证件号码 (D)": (
                "This is no document number: it must have 4 to 30 letters, digits, hyphens, slashes or brackets.",
                "Type the number as it is printed on the document.",
            )
        },
    ),
    ({"手机号码": ""}, {"手机号码 (E)": ("The cell is empty.", "Fill in: Mobile phone.")}),
    ({"手机号码": "1380000000"}, {"手机号码 (E)": ("A mobile number has 11 digits; this one has 10.", ONE_PHONE)}),
    ({"手机号码": "12800000000"}, {"手机号码 (E)": ("No mobile number begins with these digits.", ONE_PHONE)}),
    (
        {"手机号码": "13800000901/13900000902"},
        {"手机号码 (E)": ("The mobile number has characters that are not digits.", ONE_PHONE)},
    ),
    (
        {"手机号码": "1.38E+10"},
        {"手机号码 (E)": ("The number was turned into scientific notation, and its last digits are lost.", AS_TEXT)},
    ),
    ({"工作单位": ""}, {"工作单位 (F)": ("The cell is empty.", "Fill in: Employer.")}),
    (
        {"工作单位": "厂" * 201},
        {"工作单位 (F)": ("The text has 201 characters; there is room for 200.", "Shorten it.")},
    ),
    ({"代表队": ""}, {"代表队 (G)": ("The cell is empty.", "Fill in: Delegation.")}),
    (
        {"代表队": "马鞍山"},
        {"代表队 (G)": ("There is no delegation “马鞍山”.", "Write one of: 芜湖, 合肥, 安庆.")},
    ),
    (
        {"职业技能等级": "高级工程师"},
        {
            "职业技能等级 (H)": (
                "“高级工程师” is not understood here.",
                "Write one of: Apprentice, Junior worker (level 5), Intermediate worker (level 4), Senior worker (level 3), Technician (level 2), Senior technician (level 1), Special-grade technician, Chief technician.",
            )
        },
    ),
    ({"师傅": "师" * 101}, {"师傅 (I)": ("The text has 101 characters; there is room for 100.", "Shorten it.")}),
    ({"领队": "####"}, {"领队 (J)": ("The cell shows an error: ####", "Delete the formula and type the value.")}),
    (
        {"姓名": "", "性别": "?", "证件号码": "1", "手机号码": "1", "代表队": "?"},
        {
            "姓名 (A)": ("The cell is empty.", "Fill in: Name."),
            "性别 (B)": ("“?” is not understood here.", "Write one of: Male, Female."),
            "证件号码 (D)": ("A resident ID number has 18 characters; this one has 1.", RETYPE),
            "手机号码 (E)": ("A mobile number has 11 digits; this one has 1.", ONE_PHONE),
            "代表队 (G)": ("There is no delegation “?”.", "Write one of: 芜湖, 合肥, 安庆."),
        },
    ),
)


async def test_each_bad_cell_is_named_and_nothing_is_written(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    identity: Callable[..., str],
    as_xlsx: Callable[..., bytes],
) -> None:
    """Thirty-five rows of bad fields, doubles, surplus and merged cells in one workbook: all named at once, no row written."""
    await connection.execute("UPDATE delegation SET quota = 100 WHERE name = '芜湖'")
    await send(connection, event_id, [headings, good_line(901)], sealer, now, as_xlsx)
    table = [good_line(19 + 2 * place, **changes) for place, (changes, _) in enumerate(BAD)]
    rows = len(table) + 2
    doubles = [
        good_line(401),
        good_line(403, 证件号码=f"'{full_width(identity(401))} \u200b", 手机号码="13800000403"),
        good_line(405, 手机号码="+86 138-0000-0401"),
        good_line(407, 手机号码="138 0000 0901"),
        good_line(409, 代表队="安庆"),
        good_line(411, 代表队="Ａ０３"),
        good_line(413),
        good_line(415, 姓名=""),
    ]
    content = as_xlsx(
        {"选手": [headings, good_line(17), *table, *doubles], "填写说明": [["列名", "示例"], ["姓名", "王伟"]]},
        merged={"选手": [f"A{rows + 7}:A{rows + 8}"]},
    )
    expected = [
        BadCell(sheet="选手", row=row, column=column, problem=problem, remedy=remedy)
        for row, (_, cells) in enumerate(BAD, 3)
        for column, (problem, remedy) in cells.items()
    ]
    first = rows + 1
    merged = (
        f"The cell is merged with others (A{first + 6}:A{first + 7}), so it is not clear whom it is meant for.",
        "Unmerge the cells and fill in each.",
    )
    for row, column, problem, remedy in (
        (first + 1, "证件号码 (D)", f"The same document stands in row {first} of the sheet 选手.", DELETE_ONE),
        (first + 2, "手机号码 (E)", f"The same phone number stands in row {first} of the sheet 选手.", DELETE_ONE),
        (
            first + 3,
            "手机号码 (E)",
            "The phone number is registered for entrant 1.",
            "Each entrant needs a number of their own: correct it here or there.",
        ),
        (
            first + 5,
            "代表队 (G)",
            "The delegation 安庆 may send 1 entrants; with this roster it would send 2.",
            "Take entrants off the roster, or have the organiser raise the quota.",
        ),
        (first + 6, "姓名 (A)", *merged),
        (first + 7, "姓名 (A)", *merged),
    ):
        expected.append(BadCell(sheet="选手", row=row, column=column, problem=problem, remedy=remedy))
    before = await row_counts(connection)

    plan = await plan_import(connection, event_id, "roster.xlsx", content, sealer=sealer)

    assert plan == ImportPlan(
        file_digest=hashlib.sha256(content).hexdigest(), bad_cells=tuple(expected), rows=(), ignored=()
    )
    with pytest.raises(RosterHasBadCells) as refused:
        await import_roster(
            connection,
            event_id,
            "roster.xlsx",
            content,
            file_digest=plan.file_digest,
            sealer=sealer,
            now=now,
            actor_id=None,
        )
    assert refused.value.data == {"count": len(expected)}
    assert await row_counts(connection) == before


async def test_import_registers_and_reimport_updates_without_doubling(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_xlsx: Callable[..., bytes],
) -> None:
    """Who is registered keeps the number; changed values are updated, unchanged ones left, new entrants numbered on."""
    first = await send(connection, event_id, [headings, good_line(1), good_line(2), good_line(3)], sealer, now, as_xlsx)
    again = await send(connection, event_id, [headings, good_line(1), good_line(2), good_line(3)], sealer, now, as_xlsx)
    moved = good_line(2, 姓名="新名", 代表队="a02", 职业技能等级="技师（二级）", 手机号码="13911112222", 师傅="李 强")
    second = await send(connection, event_id, [headings, good_line(4), moved, good_line(1)], sealer, now, as_xlsx)

    assert [row.change for row in first.rows] == ["new", "new", "new"]
    assert [row.change for row in again.rows] == ["unchanged", "unchanged", "unchanged"]
    assert second.rows == (
        planned(2, "选手4", "芜湖", "new", "340***********0040"),
        planned(
            3, "新名", "合肥", "changed", "340***********0024", "姓名", "手机号码", "代表队", "职业技能等级", "师傅"
        ),
        planned(4, "选手1", "芜湖", "unchanged", "340***********0016"),
    )
    assert [without_id(entrant) for entrant in await entrants_of(connection, event_id)] == [
        entrant_line(1, "选手1", "male", "340***********0016", "138****0001", "机床1厂"),
        entrant_line(2, "新名", "female", "340***********0024", "139****2222", "机床2厂", "合肥", "2", "李强"),
        entrant_line(3, "选手3", "male", "340***********0032", "138****0003", "机床3厂"),
        entrant_line(4, "选手4", "female", "340***********0040", "138****0004", "机床4厂"),
    ]
    delegations = await delegations_of(connection, event_id)
    assert delegations == tuple(
        Delegation(id=each.id, code=code, name=name, quota=quota, entrants=entrants)
        for each, (code, name, quota, entrants) in zip(
            delegations, (("A01", "芜湖", 5, 3), ("A02", "合肥", 3, 1), ("A03", "安庆", 1, 0)), strict=True
        )
    )
    audited = await connection.fetch("SELECT detail FROM audit WHERE verb = 'import_roster' ORDER BY id")
    assert [msgspec.json.decode(row[0]) | {"file_digest": ""} for row in audited] == [
        {"file_name": "roster.xlsx", "file_digest": "", "new": [1, 2, 3], "changed": {}, "unchanged": 0},
        {"file_name": "roster.xlsx", "file_digest": "", "new": [], "changed": {}, "unchanged": 3},
        {
            "file_name": "roster.xlsx",
            "file_digest": "",
            "new": [4],
            "changed": {"2": ["姓名", "手机号码", "代表队", "职业技能等级", "师傅"]},
            "unchanged": 1,
        },
    ]


async def test_a_column_that_is_absent_changes_nothing(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_xlsx: Callable[..., bytes],
) -> None:
    """A roster without skill level, mentor and leader leaves those as registered; an empty cell in such a column clears it."""
    await send(connection, event_id, [headings, good_line(1, 师傅="李强", 领队="赵敏")], sealer, now, as_xlsx)
    line = dict(zip(headings, good_line(1, 工作单位="新厂"), strict=True))
    plan = await send(connection, event_id, [SIX, [line[heading] for heading in SIX]], sealer, now, as_xlsx)
    assert plan.rows == (planned(2, "选手1", "芜湖", "changed", "340***********0016", "工作单位"),)
    (entrant,) = await entrants_of(connection, event_id)
    assert (entrant.skill_level, entrant.mentor, entrant.leader) == ("3", "李强", "赵敏")
    plan = await send(
        connection, event_id, [headings, good_line(1, 工作单位="新厂", 领队="赵敏")], sealer, now, as_xlsx
    )
    assert plan.rows == (planned(2, "选手1", "芜湖", "changed", "340***********0016", "师傅"),)


async def test_csv_gives_what_xlsx_gives(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_csv: Callable[..., bytes],
    as_xlsx: Callable[..., bytes],
) -> None:
    """Whatever encoding and separator a CSV file has, its plan is that of the workbook with the same lines, good or bad."""
    good = [headings, good_line(1, 工作单位='第"一"厂, 二;车间\t三'), good_line(2, 领队="第一行\n第二行")]
    for lines in (good, [*good, good_line(3, 性别="?")]):
        expected = await plan_without_digest(connection, event_id, "选手.xlsx", as_xlsx({"选手": lines}), sealer)
        assert [
            (encoding, separator)
            for encoding in ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16")
            for separator in (",", ";", "\t")
            for end in ("\r\n", "\n")
            if await plan_without_digest(
                connection, event_id, "选手.csv", as_csv(lines, encoding, separator, end), sealer
            )
            != expected
        ] == []


NAMES = (
    '=HYPERLINK("http://evil.example","click")',
    "<script>alert(1)</script>",
    "+1-2@SUM(A1)",
    "محمد \u202eعلي",
    "李🙂👩🏽\u200d🔧",
    "𠮷野家𰻝",
    "阿卜杜拉·热合曼",
    "O'Brien \\ {name} %s",
    "_x0041_ & &lt;",
)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_names_come_back_as_they_were_written(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_csv: Callable[..., bytes],
    as_xlsx: Callable[..., bytes],
    ending: str,
) -> None:
    """Formulas, markup, right-to-left text, joined emoji and rare characters are names like any other."""
    await connection.execute("UPDATE delegation SET quota = 100 WHERE name = '芜湖'")
    lines = [headings, *(good_line(serial, 姓名=name) for serial, name in enumerate(NAMES))]
    content = as_csv(lines) if ending == "csv" else as_xlsx({"S": lines})
    plan = await plan_import(connection, event_id, f"r.{ending}", content, sealer=sealer)
    await import_roster(
        connection,
        event_id,
        f"r.{ending}",
        content,
        file_digest=plan.file_digest,
        sealer=sealer,
        now=now,
        actor_id=None,
    )
    assert tuple(row.name for row in plan.rows) == NAMES
    assert tuple(entrant.name for entrant in await entrants_of(connection, event_id)) == NAMES


async def test_no_document_and_no_phone_lies_open_in_any_table(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    identity: Callable[..., str],
    as_xlsx: Callable[..., bytes],
) -> None:
    """After imports, changes and refusals the whole database holds neither number, nor an unkeyed digest of one."""
    await send(connection, event_id, [headings, good_line(1), good_line(2)], sealer, now, as_xlsx)
    await send(connection, event_id, [headings, good_line(1, 手机号码="13987654321")], sealer, now, as_xlsx)
    with pytest.raises(RosterHasBadCells):
        await send(connection, event_id, [headings, good_line(1), good_line(1)], sealer, now, as_xlsx)
    secrets = [identity(1), identity(2), "13800000001", "13800000002", "13987654321"]
    needles = [needle for secret in secrets for needle in (secret, secret.encode().hex())]
    needles += [
        hashlib.sha256(text.encode()).hexdigest() for secret in secrets for text in (secret, f"resident_id:{secret}")
    ]
    dump = await dump_of(connection)
    assert "机床1厂" in dump
    assert [needle for needle in needles if needle in dump] == []


async def test_surplus_counts_who_is_registered_and_not_who_withdrew(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_xlsx: Callable[..., bytes],
) -> None:
    """A delegation is full with those registered; a withdrawal makes room; who is in it already goes before who comes new."""
    await send(connection, event_id, [headings, good_line(1, 代表队="安庆")], sealer, now, as_xlsx)
    newcomer = [headings, good_line(3, 代表队="安庆")]
    surplus = BadCell(
        sheet="选手",
        row=2,
        column="代表队 (G)",
        problem="The delegation 安庆 may send 1 entrants; with this roster it would send 2.",
        remedy="Take entrants off the roster, or have the organiser raise the quota.",
    )
    alone = await plan_import(connection, event_id, "r.xlsx", as_xlsx({"选手": newcomer}), sealer=sealer)
    both = await plan_import(
        connection, event_id, "r.xlsx", as_xlsx({"选手": [*newcomer, good_line(1, 代表队="安庆")]}), sealer=sealer
    )
    assert (alone.bad_cells, both.bad_cells) == ((surplus,), (surplus,))
    (entrant,) = await entrants_of(connection, event_id)
    await set_entrant_status(connection, entrant.id, "withdrawn", reason="伤病", actor_id=None, now=now)
    plan = await send(connection, event_id, [*newcomer, good_line(1, 代表队="安庆")], sealer, now, as_xlsx)
    assert [(row.name, row.change) for row in plan.rows] == [("选手3", "new"), ("选手1", "unchanged")]
    assert [(each.number, each.status) for each in await entrants_of(connection, event_id)] == [
        (1, "withdrawn"),
        (2, "registered"),
    ]


async def test_phones_may_be_swapped_between_two_entrants(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_xlsx: Callable[..., bytes],
) -> None:
    """What counts is who has a number after the import, not before."""
    await send(connection, event_id, [headings, good_line(1), good_line(2)], sealer, now, as_xlsx)
    swapped = [headings, good_line(1, 手机号码="13800000002"), good_line(2, 手机号码="13800000001")]
    plan = await send(connection, event_id, swapped, sealer, now, as_xlsx)
    assert [row.changes for row in plan.rows] == [("手机号码",), ("手机号码",)]


async def test_import_refuses_a_file_whose_plan_was_not_confirmed(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_xlsx: Callable[..., bytes],
) -> None:
    """Confirming one file and sending another writes nothing."""
    content = as_xlsx({"选手": [headings, good_line(1)]})
    with pytest.raises(RosterIsAnother):
        await import_roster(
            connection, event_id, "r.xlsx", content, file_digest="0" * 64, sealer=sealer, now=now, actor_id=None
        )
    assert await entrants_of(connection, event_id) == ()


async def test_import_with_another_key_is_refused(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_xlsx: Callable[..., bytes],
) -> None:
    """With a lost key nobody would be found again and everybody doubled: it is noticed before."""
    await send(connection, event_id, [headings, good_line(1)], sealer, now, as_xlsx)
    with pytest.raises(KeyIsAnother):
        await send(connection, event_id, [headings, good_line(1)], Sealer(b"x" * 32), now, as_xlsx)


async def test_import_into_no_event_is_not_found(
    connection: Connection,
    sealer: Sealer,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_xlsx: Callable[..., bytes],
) -> None:
    """A plan for an event that does not exist is a plain 404."""
    with pytest.raises(NotFound):
        await plan_import(connection, UUID(int=0), "r.xlsx", as_xlsx({"S": [headings, good_line(1)]}), sealer=sealer)


async def test_two_imports_at_once_do_not_double(
    dsn: str,
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_xlsx: Callable[..., bytes],
) -> None:
    """Whoever comes second waits, sees what the first has written, and numbers on."""
    other = await asyncpg.connect(dsn, server_settings={"role": "leitai_app"})
    try:
        await asyncio.gather(
            send_now(connection, event_id, as_xlsx({"S": [headings, good_line(1), good_line(2)]}), sealer, now),
            send_now(
                other, event_id, as_xlsx({"S": [headings, good_line(2), good_line(1), good_line(3)]}), sealer, now
            ),
        )
    finally:
        await other.close()
    entrants = await entrants_of(connection, event_id)
    assert [entrant.number for entrant in entrants] == [1, 2, 3]
    assert sorted(entrant.name for entrant in entrants) == ["选手1", "选手2", "选手3"]


async def test_a_failure_in_the_middle_writes_nothing(
    connection: Connection,
    event_id: UUID,
    sealer: Sealer,
    now: datetime,
    headings: tuple[str, ...],
    good_line: Callable[..., Any],
    as_xlsx: Callable[..., bytes],
) -> None:
    """When the last statement of the transaction fails, the entrants before it are not there either."""
    content = as_xlsx({"选手": [headings, good_line(1)]})
    plan = await plan_import(connection, event_id, "r.xlsx", content, sealer=sealer)
    before = await row_counts(connection)
    with pytest.raises(asyncpg.DataError):
        await import_roster(
            connection,
            event_id,
            "r.xlsx",
            content,
            file_digest=plan.file_digest,
            sealer=sealer,
            now=now,
            actor_id=object(),  # type: ignore[arg-type] # refused by the driver when the audit is written
        )
    assert await row_counts(connection) == before


async def send(
    connection: Connection,
    event_id: UUID,
    lines: list[Any],
    sealer: Sealer,
    now: datetime,
    as_xlsx: Callable[..., bytes],
) -> ImportPlan:
    """Plan the import of a workbook, then do it; the two must agree."""
    content = as_xlsx({"选手": lines})
    plan = await plan_import(connection, event_id, "roster.xlsx", content, sealer=sealer)
    done = await import_roster(
        connection,
        event_id,
        "roster.xlsx",
        content,
        file_digest=plan.file_digest,
        sealer=sealer,
        now=now,
        actor_id=None,
    )
    assert done == plan
    return plan


async def send_now(connection: Connection, event_id: UUID, content: bytes, sealer: Sealer, now: datetime) -> None:
    """Import without looking at a plan first."""
    digest = hashlib.sha256(content).hexdigest()
    await import_roster(
        connection, event_id, "r.xlsx", content, file_digest=digest, sealer=sealer, now=now, actor_id=None
    )


async def plan_without_digest(
    connection: Connection, event_id: UUID, file_name: str, content: bytes, sealer: Sealer
) -> ImportPlan:
    """A plan as it is for the same lines in another file."""
    plan = await plan_import(connection, event_id, file_name, content, sealer=sealer)
    return msgspec.structs.replace(plan, file_digest="")


async def row_counts(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    tables = await connection.fetch(
        "SELECT relname FROM pg_stat_user_tables WHERE relname <> 'migration' ORDER BY relname"
    )
    return {row[0]: await connection.fetchval(f'SELECT count(*) FROM "{row[0]}"') for row in tables}


async def dump_of(connection: Connection) -> str:
    """Every row of every table as text."""
    return "\n".join(
        [
            row[0]
            for table in await row_counts(connection)
            for row in await connection.fetch(f'SELECT t::text FROM "{table}" AS t')
        ]
    )


def planned(row: int, name: str, delegation: str, change: Any, masked: str, *changes: str) -> PlannedRow:
    """A row of a plan."""
    return PlannedRow(
        sheet="选手", row=row, name=name, document_masked=masked, delegation=delegation, change=change, changes=changes
    )


def full_width(text: str) -> str:
    """ASCII text as a Chinese keyboard types it in full width."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def without_id(entrant: EntrantLine) -> EntrantLine:
    """An entrant but for the id, which nobody can know beforehand."""
    return msgspec.structs.replace(entrant, id=UUID(int=0))


def entrant_line(
    number: int,
    name: str,
    sex: Any,
    document: str,
    phone: str,
    employer: str,
    delegation: str = "芜湖",
    skill_level: str = "3",
    mentor: str = "",
) -> EntrantLine:
    """An entrant as the desk lists them, without id."""
    return EntrantLine(
        id=UUID(int=0),
        number=number,
        name=name,
        sex=sex,
        document_masked=document,
        phone_masked=phone,
        employer=employer,
        delegation=delegation,
        skill_level=skill_level,
        mentor=mentor,
        leader="",
        status="registered",
        has_photo=False,
        code=None,
    )
