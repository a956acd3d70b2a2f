"""What the tests of registration share: an event with three delegations, and rosters to send to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from competition.plumbing.database import Connection
from competition.plumbing.sealing import Sealer
from competition.registration.actions import add_delegation, create_competition, create_event
from competition.registration.rules import check_digit
from schemas.base import Text

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
HEADINGS = ("姓名", "性别", "证件类型", "证件号码", "手机号码", "工作单位", "代表队", "职业技能等级", "师傅", "领队")

Line = tuple[Any, ...]


@pytest.fixture
def now() -> datetime:
    """The moment at which everything is done."""
    return NOW


@pytest.fixture
def sealer() -> Sealer:
    """A sealer with a fixed key."""
    return Sealer(b"k" * 32)


@pytest.fixture
async def event_id(connection: Connection) -> UUID:
    """An event of a competition that starts on 2026-06-01, with delegations 芜湖 (quota 5), 合肥 (3) and 安庆 (1)."""
    competition_id = await create_competition(
        connection,
        Text(zh="市职工技能竞赛", en="City contest"),
        place="芜湖",
        starts_on=date(2026, 6, 1),
        ends_on=date(2026, 6, 2),
        actor_id=None,
        now=NOW,
    )
    event = await create_event(
        connection, competition_id, Text(zh="数控机床装调维修工", en="CNC"), actor_id=None, now=NOW
    )
    for code, name, quota in (("A01", "芜湖", 5), ("A02", "合肥", 3), ("A03", "安庆", 1)):
        await add_delegation(connection, event, code=code, name=name, quota=quota, actor_id=None, now=NOW)
    return event


@pytest.fixture
def headings() -> tuple[str, ...]:
    """The headings of the Chinese template."""
    return HEADINGS


@pytest.fixture
def identity() -> Callable[..., str]:
    """Makes a valid resident ID number from a serial number; odd serials are men."""

    def make(serial: int, born: str = "19900307") -> str:
        body = f"340202{born}{serial:03d}"
        return body + check_digit(body)

    return make


@pytest.fixture
def good_line(identity: Callable[..., str]) -> Callable[..., Line]:
    """Makes a line without faults from a serial number, with some of its fields changed by heading."""

    def make(serial: int, **changes: Any) -> Line:
        fields = {
            "姓名": f"选手{serial}",
            "性别": "男" if serial % 2 else "女",
            "证件类型": "",
            "证件号码": identity(serial),
            "手机号码": f"138{serial:08d}",
            "工作单位": f"机床{serial}厂",
            "代表队": "芜湖",
            "职业技能等级": "高级工",
            "师傅": "",
            "领队": "",
        }
        return tuple((fields | changes).values())

    return make
