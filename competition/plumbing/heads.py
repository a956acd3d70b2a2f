"""Requests for the head of an answer alone, as monitors and previews of links send them."""

from __future__ import annotations

from typing import cast

from litestar.enums import ScopeType
from litestar.types import Scope

ENDLESS = "/live"
"""What such paths answer has no end, so it is not begun for its head."""


def asked_whole(scope: Scope) -> Scope:
    """A HEAD as the GET that it stands for: routes know that alone, and the web server leaves the body out by itself."""
    if scope["type"] != ScopeType.HTTP or scope["method"] != "HEAD" or scope["path"].endswith(ENDLESS):
        return scope
    return cast("Scope", {**scope, "method": "GET"})
