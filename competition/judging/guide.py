"""Moved to ``competition.scoring.guide``, for schemes show it too."""

from __future__ import annotations

from competition.scoring.guide import Guide, Rung, guide_to

__all__ = ["Guide", "Rung", "guide_to"]
