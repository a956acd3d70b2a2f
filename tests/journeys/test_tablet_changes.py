"""What changes while a judge's tablet is away: its session ends, it is taken out of use, its sheet is signed on another."""

from __future__ import annotations

import msgspec
from playwright.async_api import expect

from competition.demo.contest import Demo
from schemas.marks import Mark
from tests.faults.chaos import Chaos
from tests.journeys.conftest import Opening
from tests.journeys.tablets import TabletInHand, another_link, cells_of, holds, in_hand, owned, sealed
from tests.site import Site, words_of

FEW = 10


async def test_session_that_ends_costs_the_pin_and_nothing_else(
    site: Site, demo: Demo, chaos: Chaos, open_browser: Opening
) -> None:
    """Marks made before the tablet learned that it is locked stay on it, and are sent once its judge has given the PIN."""
    tablet = await in_hand(await open_browser(), demo.judges[0], chaos.address)
    chaos.go_out()
    await tablet.enter(FEW)
    async with owned(site) as connection:
        await connection.execute("UPDATE device SET unlocked_until = now() - interval '1 minute'")
    chaos.come_back()
    await tablet.page.wait_for_function("() => trial.tablet.link === 'locked'")
    assert await tablet.queued() == FEW
    await tablet.page.locator("[data-way=locked]").click()
    await tablet.page.wait_for_url("**/judge/unlock**")
    await tablet.page.fill("input[name=pin]", tablet.judge.pin)
    await tablet.page.locator("form:has(input[name=pin])").evaluate("form => form.requestSubmit()")
    await tablet.page.wait_for_url("**/judge")
    await tablet.ready()
    await tablet.cleared()
    await holds(site, tablet)
    assert len(tablet.acknowledged) == FEW


async def test_marks_wait_for_the_judge_who_made_them(
    site: Site, demo: Demo, chaos: Chaos, open_browser: Opening
) -> None:
    """A tablet that another judge takes over sends nothing of the first in the second's name; it does once the first is back."""
    first, second = demo.judges[:2]
    tablet = await in_hand(await open_browser(), first, chaos.address)
    chaos.go_out()
    await tablet.enter(FEW)
    other = TabletInHand(tablet.context, second, seed=1)
    await other.enrol(site.base_url)
    chaos.come_back()
    await tablet.page.wait_for_function("(judge) => trial.tablet.snapshot.judge === judge", arg=second.name)
    await other.enter(FEW)
    await other.cleared()
    await holds(site, other)
    await other.open(f"{chaos.address}/judge/outbox")
    await expect(other.page.locator("[data-others]")).to_contain_text(f"{FEW} of {first.name}")
    tablet.judge = await another_link(site, first)
    await tablet.enrol(site.base_url)
    await tablet.open(f"{chaos.address}/judge")
    await tablet.page.wait_for_function("(count) => trial.heard.length === count", arg=FEW)
    await tablet.cleared()
    await holds(site, tablet, other)
    assert len(tablet.acknowledged) == FEW


async def test_marks_of_a_tablet_taken_out_of_use_reach_the_desk(
    site: Site, demo: Demo, chaos: Chaos, open_browser: Opening
) -> None:
    """They stay on it, and it says why; its rescue file brings them to the desk, once, where they wait for a decision."""
    tablet = await in_hand(await open_browser(), demo.judges[0], chaos.address)
    event = (await tablet.snapshot()).events[0]
    chaos.go_out()
    await tablet.enter(FEW)
    organiser = await site.sign_in("organiser")
    await organiser.submit(f"/desk/events/{event.id}/devices/{(await tablet.snapshot()).device_id}/revoke")
    chaos.come_back()
    await tablet.page.wait_for_function("() => trial.tablet.link === 'revoked'")
    await tablet.open(f"{chaos.address}/judge/outbox")
    await expect(tablet.page.locator("[data-note]")).to_contain_text("This tablet was taken out of use.")
    async with tablet.page.expect_download() as download:
        await tablet.page.locator("[data-rescue]").click()
    rescued = (await (await download.value).path()).read_bytes()
    for times in range(2):
        brought = await organiser.submit(f"/desk/events/{event.id}/rescue", files={"file": ("rescue.json", rescued)})
        assert brought.status_code == 200, (times, words_of(brought))
    await holds(site, tablet)
    assert await tablet.queued() == FEW
    async with owned(site) as connection:
        bodies = await connection.fetch("SELECT body FROM ledger WHERE kind = 'mark'")
    assert [msgspec.json.decode(body["body"], type=Mark).flags for body in bodies] == [("quarantined",)] * FEW
    chief = await site.sign_in("chief_judge")
    assert "From a rescue file; not counted" in words_of(await chief.get(f"/desk/events/{event.id}/judging"))


async def test_sheet_signed_elsewhere_takes_late_marks_without_effect(
    site: Site, demo: Demo, chaos: Chaos, open_browser: Opening
) -> None:
    """What was marked meanwhile on another tablet of the same judge is recorded, flagged, and put before the chief judge."""
    late = await in_hand(await open_browser(), demo.judges[0], chaos.address)
    other = await in_hand(await open_browser(), await another_link(site, demo.judges[0]), site.base_url, seed=1)
    event, sheet, aspect = cells_of(await late.snapshot())[0]
    chaos.go_out()
    await late.enter_these([(event, late.mark(event, sheet, aspect, "3", "3"))])
    mine = [(event, other.mark(*cell)) for cell in cells_of(await other.snapshot()) if cell[1].id == sheet.id]
    await other.enter_these(mine)
    await other.cleared()
    await sealed(other, event, sheet)
    chaos.come_back()
    await late.cleared()
    await holds(site, late, other)
    [told] = late.acknowledged
    assert "late" in told.receipt.flags
    chief = await site.sign_in("chief_judge")
    assert "After signing; not counted" in words_of(await chief.get(f"/desk/events/{event.id}/judging"))
