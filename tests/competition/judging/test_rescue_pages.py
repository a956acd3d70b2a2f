"""The desk's page for rescue files: what became of each entry, the same file twice, and files that are none."""

from __future__ import annotations

import re

import pytest

from competition.access.store import devices
from competition.ledger.book import Shelf
from competition.plumbing.database import Connection
from tests.competition.judging.test_rescue import Outbox
from tests.house import PIN, Contest, enrolled_tablet, found_contest, mark, marks_in_force, record
from tests.site import Site, words_of


@pytest.fixture
async def outbox(site: Site, connection: Connection) -> Outbox:
    """The outbox of an enrolled tablet of judge 0."""
    contest = await found_contest(connection, pin=PIN)
    await enrolled_tablet(site, connection, contest.judges[0])
    [device] = await devices(connection)
    return Outbox(contest, contest.judges[0], device.id)


async def test_rescue_file_tells_what_became_of_each_entry(site: Site, connection: Connection, outbox: Outbox) -> None:
    """Recorded, here already, not taken and why: with aspect and reading; the same file again brings nothing."""
    contest, chief = outbox.contest, await site.sign_in("chief_judge")
    sheet = contest.sheet("A02", "A1", 0)
    known, new, wrong = mark(sheet, "A1.1", "0.008"), mark(sheet, "A1.2", "1"), mark(sheet, "A1.2", "-1")
    await record(connection, Shelf(), contest, contest.judges[0], known)
    for made in (known, new, wrong):
        outbox.add("mark", made)
    sent = await chief.submit(rescue(contest), files={"file": ("outbox.json", outbox.file())})
    assert sent.status_code == 200
    words = words_of(sent)
    assert f"{contest.judges[0].name} · a tablet · saved 2026-05-01 09:00" in words
    assert "New: 1 · here already: 1 · not taken: 1" in words
    assert re.findall(
        r"Mark (A1\.\d) .*? A02 A1 (.*?) 2026-05-01 09:00 (was here already #1|recorded #2|not taken)", words
    ) == [
        ("A1.1", "0.008 mm", "was here already #1"),
        ("A1.2", "1 × Loose screw", "recorded #2"),
        ("A1.2", "-1", "not taken"),
    ]
    again = await chief.submit(rescue(contest), files={"file": ("outbox.json", outbox.file())})
    assert "New: 0 · here already: 2 · not taken: 1" in words_of(again)
    in_force = await marks_in_force(connection, contest.event_id, sheet)
    assert [one.id for one in in_force] == [known.id, new.id]


async def test_file_of_a_tablet_out_of_use_waits_for_a_decision(site: Site, outbox: Outbox) -> None:
    """Its marks are kept without effect, and the chief judge's page lists them."""
    contest, chief = outbox.contest, await site.sign_in("chief_judge")
    outbox.add("mark", mark(contest.sheet("A02", "T1", 0), "T1.1", "70"))
    organiser = await site.sign_in("organiser")
    await organiser.submit(f"/desk/events/{contest.event_id}/devices/{outbox.device_id}/revoke")
    words = words_of(await organiser.submit(rescue(contest), files={"file": ("outbox.json", outbox.file())}))
    assert "its marks are kept without effect until the chief judge decides on each" in words
    assert "From a rescue file; not counted" in words
    listed = words_of(await chief.get(f"/desk/events/{contest.event_id}/judging"))
    assert re.search(r"From a rescue file; not counted Stands – nothing counts so far Not counted 70", listed)


@pytest.mark.parametrize(("way", "counted"), [("rulings", 2), ("left-out", 0)])
async def test_all_marks_of_a_tablet_out_of_use_are_decided_at_once(
    site: Site, connection: Connection, outbox: Outbox, way: str, counted: int
) -> None:
    """Those against which nothing stands: one form with one reason; what stands against another mark is decided by itself."""
    contest, chief, organiser = outbox.contest, await site.sign_in("chief_judge"), await site.sign_in("organiser")
    sheet, other = contest.sheet("A02", "A1", 0), contest.sheet("A02", "T1", 0)
    made = [mark(sheet, "A1.1", "0.008"), mark(sheet, "A1.2", "1"), mark(other, "T1.1", "70")]
    stands = mark(other, "T1.1", "80")
    await record(connection, Shelf(), contest, contest.judges[0], stands)
    for each in made:
        outbox.add("mark", each)
    await organiser.submit(f"/desk/events/{contest.event_id}/devices/{outbox.device_id}/revoke")
    await organiser.submit(rescue(contest), files={"file": ("outbox.json", outbox.file())})
    page = (await chief.get(f"/desk/events/{contest.event_id}/judging")).text
    offered = re.findall(r'name="marks" value="([^"]+)"', page)
    assert offered == [str(each.id) for each in made[:2]]
    rulings = f"/desk/events/{contest.event_id}/{way}"
    assert (await organiser.submit(rulings, {"marks": offered, "reason": "平板损坏"})).status_code == 403
    assert (await chief.submit(rulings, {"marks": offered, "reason": " "})).status_code == 422
    assert (await chief.submit(rulings, {"marks": offered, "reason": "平板损坏"})).status_code == 303
    in_force = await marks_in_force(connection, contest.event_id, sheet)
    assert [(one.values, one.origin) for one in in_force] == [(each.values, "ruling") for each in made[:counted]]
    assert 'name="marks"' not in (await chief.get(f"/desk/events/{contest.event_id}/judging")).text
    assert [one.id for one in await marks_in_force(connection, contest.event_id, other)] == [stands.id]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("outbox.json", b"{}"), "This is not a rescue file of a tablet of this server"),
        (("outbox.json", b"\xff\x00" * 50), "This is not a rescue file of a tablet of this server"),
        (("", b""), "No file was chosen"),
    ],
)
async def test_file_that_is_none_is_refused_with_a_sentence(
    site: Site, outbox: Outbox, file: tuple[str, bytes], sentence: str
) -> None:
    """The page says what to choose instead."""
    scorekeeper = await site.sign_in("scorekeeper")
    refused = await scorekeeper.submit(rescue(outbox.contest), files={"file": file})
    assert (refused.status_code, sentence in refused.text) == (422, True)


async def test_who_only_looks_brings_nothing_in(site: Site, outbox: Outbox) -> None:
    """The form is for who runs the desk."""
    looker = await site.sign_in("supervisor")
    assert (await looker.submit(rescue(outbox.contest))).status_code == 403


def rescue(contest: Contest) -> str:
    """Where a rescue file is sent."""
    return f"/desk/events/{contest.event_id}/rescue"
