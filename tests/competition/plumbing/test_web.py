"""Where requests come from, as far as it is told."""

from __future__ import annotations

import pytest

from competition.plumbing.web import asked_from


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        (None, ""),
    ],
)
def test_one_place_is_an_address_or_the_network_of_a_customer(host: str | None, place: str) -> None:
    """Of IPv6 the first half counts, for the other is chosen at will; IPv4 is itself, however it is written."""
    assert asked_from(host) == place
