"""How boards look in a real browser: twelve rows to a page, every name within its row, and nothing darker for being first."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import ViewportSize, expect

from competition.plumbing import clock
from schemas.base import Text
from schemas.boards import BoardAward, Theme
from schemas.results import TeamPlace
from schemas.staging import Prospect, TeamTable, Touch
from tests.journeys.conftest import Opening
from tests.scoreboards.conftest import serving
from tests.scoreboards.house import KINDS, House

HALL: ViewportSize = {"width": 1920, "height": 1080}
SHARPER: ViewportSize = {"width": 3840, "height": 2160}
LENGTH = timedelta(hours=3)
NAVY = Theme(primary="#001f3f", accent="#0a2a5e")
NAMES = (
    "王伟", "欧阳静怡", "阿卜杜热合曼·买买提", "Maximiliano-Alexander von Hohenzollern-Sigmaringen", "李强", "Li Na",
    "古丽娜扎尔·拜合提亚尔", "Alexandra Konstantinopoulou", "诸葛孔明", "O'Connor, Siobhán", "赵一鸣", "Jean-Baptiste Grenouille",
)  # fmt: skip
DELEGATIONS = (
    "芜湖市", "中国机械工业集团有限公司代表队", "Guangxi Zhuang Autonomous Region Federation of Trade Unions",
)  # fmt: skip
SPILT = """
() => [...document.querySelectorAll("[data-rows] > *")].filter((row) => row.checkVisibility()).flatMap((row) => {
  const { top, bottom } = row.getBoundingClientRect();
  return [...row.querySelectorAll(".name, .delegation, .code, .total, .value, .share")].filter((part) => {
    const box = part.getBoundingClientRect();
    return box.height && (box.top < top - 1 || box.bottom > bottom + 1);
  }).map((part) => `${part.className}: ${part.textContent}`);
})
"""
"""What stands out of its row."""

CUT = """
() => [...document.querySelectorAll(".total, .value, .points, .share, .session-face, [data-rank-text]")]
  .filter((part) => part.checkVisibility() && part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== "inline")
  .map((part) => `${part.className}: ${part.textContent}`)
"""
"""Figures that have no room: a name may end in an ellipsis, a figure may not."""

FIGURES = {"teams": ".total", "ticker": ".points"}
LEAST_LIGHT = 0.75
"""In dark colours, of what leads."""


@pytest.fixture
async def boards(dsn: str) -> AsyncIterator[str]:
    """A board of each kind in dark colours: twelve entrants with short and long names, three teams, awards, and latest marks."""
    connection = await asyncpg.connect(dsn)
    house = House(connection)
    event_id = await house.insert_event(is_blind=False, board="standings")
    await house.insert_boards(event_id)
    people = [(name, DELEGATIONS[at % len(DELEGATIONS)], f"1-{at:02d}") for at, name in enumerate(NAMES, start=1)]
    entrants = await house.insert_entrants(event_id, people)
    await connection.execute("UPDATE session SET starts_at = $1, ends_at = $2", clock.now(), clock.now() + LENGTH)
    await house.run_clock(event_id)
    await house.dress(event_id, NAVY)
    standing = {"stages": {"theory": 100, "practice": 100}, "criteria": {"A": 10, "B": 10}, "marked": 5}
    await house.stand(
        event_id,
        [
            {
                "entrant_id": entrant,
                "rank": max(rank, 2) - 1,
                "shared": rank <= 2,
                "total": 101 - max(rank, 2),
                **standing,
            }
            for rank, entrant in enumerate(entrants, start=1)
        ],
    )
    places = tuple(
        TeamPlace(delegation=name, rank=rank, shared=False, figure=Decimal(300 - rank), members=tuple(entrants[:3]))
        for rank, name in enumerate(DELEGATIONS, start=1)
    )
    await house.prospect(
        event_id,
        Prospect(
            revision=1,
            awards=(BoardAward(id="first", name=Text(zh="一等奖", en="First prize")),),
            winners={entrants[0]: ("first",)},
            teams=(TeamTable(id="all", name=Text(zh="团体", en="Teams"), measure="total", places=places),),
            touched=tuple(
                Touch(entrant_id=entrant, column="A", at=clock.now() - timedelta(minutes=at))
                for at, entrant in enumerate(entrants)
            ),
        ),
    )
    async with serving(dsn) as address:
        yield f"http://{address}/boards"
    await connection.close()


async def test_hall_screens_hold_what_they_show(boards: str, open_browser: Opening) -> None:
    """Twelve on one page at any sharpness, nothing out of its row or without room, axe content, and the first never darker."""
    faults: dict[str, Any] = {}
    page = await (await open_browser(viewport=HALL, reduced_motion="reduce")).new_page()
    for kind in ("standings", *KINDS):
        await page.goto(f"{boards}/{kind}")
        await expect(page.locator("[data-board]")).to_have_attribute("data-connection", "live")
        found = (await Axe().run(page)).response["violations"]
        told = [fault["id"] for fault in found] + await page.evaluate(SPILT) + await page.evaluate(CUT)
        if told:
            faults[kind] = told
        if kind in FIGURES:
            leading = page.locator("[data-rows] > :first-child").locator(FIGURES[kind])
            colour = await leading.evaluate("element => getComputedStyle(element).color")
            light = re.match(r"oklch\(([\d.]+)", colour)
            assert light is not None, colour
            assert float(light[1]) >= LEAST_LIGHT
    assert faults == {}
    for viewport in (HALL, SHARPER):
        await page.set_viewport_size(viewport)
        await page.goto(f"{boards}/standings")
        await expect(page.locator("[data-scripted] [data-rows] > :not([hidden])")).to_have_count(len(NAMES))
        await expect(page.locator("[data-pager]")).to_be_hidden()
