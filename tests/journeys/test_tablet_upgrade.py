"""The app is renewed while marks wait on the tablet: whichever version made them, they are all taken."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from playwright.async_api import expect

from competition.demo.contest import Demo
from schemas.base import canonical
from tests.faults.chaos import network
from tests.journeys.conftest import Opening
from tests.journeys.tablets import TabletInHand, cells_of, fetched, hold, holds, in_hand
from tests.program import Program, running
from tests.site import Site

PACKAGES = ("competition", "schemas", "scoreboards")
OLD_OUTBOX = """
(entries) => new Promise((resolve, reject) => {
  const opening = indexedDB.open("leitai", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("outbox", { keyPath: "sequence", autoIncrement: true });
  opening.onsuccess = () => {
    const transaction = opening.result.transaction("outbox", "readwrite");
    for (const entry of entries) transaction.objectStore("outbox").put(entry);
    transaction.onabort = () => reject(transaction.error);
    transaction.oncomplete = () => {
      opening.result.close();
      resolve();
    };
  };
})
"""
"""What the first app kept in the browser: its database of version 1, with entries in the form of then."""

TOUCHED = "() => dispatchEvent(new PointerEvent('pointerdown'))"
"""A finger on the page: one that is in use is not loaded anew by itself."""


async def test_marks_of_the_first_app_are_taken(site: Site, demo: Demo, open_browser: Opening) -> None:
    """Marks that the app of version 1 queued are sent by today's in the form they had; one that was refused waits for its judge."""
    tablet = TabletInHand(await open_browser(), demo.judges[0])
    await tablet.enrol(site.base_url)
    snapshot = await fetched(tablet, site.base_url)
    marks = [tablet.mark(*cell) for cell in cells_of(snapshot)[:10]]
    entries: list[dict[str, Any]] = [
        {
            "event_id": str(snapshot.events[0].id),
            "sheet_id": str(mark.sheet_id),
            "judge_id": str(snapshot.judge_id),
            "mark": json.loads(canonical(mark)),
        }
        for mark in marks
    ]
    entries[0]["refusal"] = {"type": "correction-needs-reason", "detail": "A correction needs a reason."}
    await (await tablet.context.new_page()).goto(f"{site.base_url}/sign-in")
    await tablet.page.evaluate(OLD_OUTBOX, entries)
    await tablet.open(f"{site.base_url}/judge")
    await expect(tablet.page.locator("[data-line]")).to_contain_text("attention")
    await tablet.page.wait_for_function("() => trial.tablet.entries.length === 1")
    await tablet.listen()
    tablet.made = [mark.id for mark in marks[1:]]
    assert [one.mark for one in tablet.acknowledged] == marks[1:]
    await holds(site, tablet)
    await tablet.enter(1)
    waiting = await tablet.page.evaluate(
        "() => trial.tablet.entries.map(({ sequence, kind, at }) => [sequence, kind, at])"
    )
    assert waiting[0] == [1, "mark", json.loads(canonical(marks[0].made_at))]
    await tablet.page.wait_for_function("() => trial.tablet.entries.length === 1")
    await tablet.listen()
    assert tablet.acknowledged[-1].mark.sequence == 11


async def test_server_is_upgraded_under_a_queue(tmp_path: Path, open_browser: Opening) -> None:
    """Marks queued under one version are taken after the next one came; the page says that it is there, and takes it up."""
    program = Program(tmp_path / "data", judges=2)
    async with running(program), network(program.base_url) as chaos:
        tablet = await in_hand(await open_browser(), program.demo.judges[0], chaos.address)
        before = await version(tablet)
        chaos.go_out()
        await tablet.enter(20)
        await program.stop()
        await program.gone()
        program.root = another_version(tmp_path / "another")
        await program.start()
        chaos.come_back()
        await tablet.cleared()
        await tablet.page.evaluate(TOUCHED)
        await tablet.page.wait_for_function("() => trial.tablet.upkeep.is_update_ready")
        chaos.go_out()
        await tablet.enter(20)
        await tablet.page.locator("[data-way=update]").click()
        await tablet.page.wait_for_function("(before) => trial.tablet?.version !== before", arg=before)
        assert await tablet.queued() == 20
        chaos.come_back()
        await tablet.cleared()
        async with program.database() as connection:
            await hold(connection, [tablet])
    assert len(tablet.acknowledged) == 40


async def version(tablet: TabletInHand) -> str:
    """Which version of the app the page is."""
    told: str = await tablet.page.evaluate("() => trial.tablet.version")
    return told


def another_version(root: Path) -> Path:
    """A copy of the program with another app for tablets in it."""
    for package in PACKAGES:
        source = Path(__file__).parents[2] / package
        shutil.copytree(source, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (root / "competition" / "static" / "judge" / "judge.css").open("a") as style:
        style.write("\n/* Another version. */\n")
    return root
