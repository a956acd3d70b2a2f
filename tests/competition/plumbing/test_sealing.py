"""The keys that are derived from the server's secret: one for each tablet, the same every time."""

from __future__ import annotations

from uuid import UUID

from competition.plumbing.sealing import Sealer

TABLET, OTHER = UUID(int=1), UUID(int=2)


def test_a_tablets_key_is_its_own_and_this_servers() -> None:
    """32 bytes, the same after a restart, and another one for another tablet or by another secret."""
    key = Sealer(b"s" * 32).device_key(TABLET)
    assert len(key) == 32
    assert key == Sealer(b"s" * 32).device_key(TABLET)
    assert len({key, Sealer(b"s" * 32).device_key(OTHER), Sealer(b"t" * 32).device_key(TABLET)}) == 3
