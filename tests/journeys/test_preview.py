"""The live reading in the judge's browser, held against the engine there too."""

from __future__ import annotations

import msgspec

from tests.journeys.conftest import Opening
from tests.preview import SCRIPT, Run, differences, sent
from tests.site import Site

SEEDS = range(100_000, 103_000)


async def test_preview_in_the_browser_says_what_the_engine_says(site: Site, open_browser: Opening) -> None:
    """The module as the server serves it gives a real browser the engine's points and steps, for thousands of readings."""
    page = await (await open_browser()).new_page()
    await page.goto(f"{site.base_url}/sign-in")
    run = await page.evaluate(SCRIPT, ["/static/judge/preview.js", sent(SEEDS)])
    assert differences(SEEDS, msgspec.convert(run, Run)) == []
