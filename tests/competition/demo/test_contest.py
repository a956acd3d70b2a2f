"""The demo competition can be set up with any number of judges."""

from __future__ import annotations

from uuid import UUID

import pytest

from competition.demo.contest import SCHEME, panels
from competition.schemes.files import shipped_scheme


@pytest.mark.parametrize("judges", [1, 2, 3, 4, 30])
def test_panels_are_as_full_as_the_judges_allow(judges: int) -> None:
    """Every panel has its judges, or all there are; nobody sits twice on one, and the first judge on one only."""
    ids = [UUID(int=number) for number in range(judges)]
    scheme = shipped_scheme(SCHEME)
    seated = panels(scheme, ids)
    robots = max(judges - 1, 1)
    for sub in scheme.sub_criteria():
        panel = seated[sub.id]
        available = robots + (ids[0] in panel and judges > 1)
        assert (len(panel), len(set(panel))) == (min(sub.panel.judges, available),) * 2
    if judges > 1:
        assert sum(ids[0] in panel for panel in seated.values()) == 1
