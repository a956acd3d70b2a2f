"""Setting pages in a process apart: nobody waits for ever, and a process ends with whoever waits for it."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from competition.exports import typesetting
from competition.exports.typesetting import Setting, SettingTookTooLong, set_apart
from competition.plumbing.locale import sentence_of, speaking

if TYPE_CHECKING:
    from asyncio.subprocess import Process

SETTING = Setting(template="score_sheets.typ", inputs={}, made_at=datetime(2026, 5, 1, tzinfo=UTC))


async def test_setting_that_takes_too_long_is_ended_and_told(
    endless: asyncio.Queue[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process is gone, and the sentence says what to do."""
    monkeypatch.setattr(typesetting, "SETTING_SECONDS", 0)
    with pytest.raises(SettingTookTooLong) as ended:
        await set_apart(SETTING)
    assert (await endless.get()).returncode == -signal.SIGKILL
    with speaking("en"):
        assert sentence_of(ended.value) == (
            "The pages were not set within 0 seconds, and setting them was ended. "
            "Try again when the server has less to do, or ask for one session or one entrant."
        )


async def test_whoever_stops_waiting_ends_the_process(endless: asyncio.Queue[Process]) -> None:
    """Nothing is set that nobody waits for."""
    waiting = asyncio.create_task(set_apart(SETTING))
    process = await endless.get()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert process.returncode == -signal.SIGKILL
