"""What the environment decides, and what it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from competition.plumbing.settings import BadBaseUrl, is_web_address, read_settings

KEY = {"LEITAI_SECRET_KEY": "ab" * 32}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", None),
        ("https://contest.example.org", "https://contest.example.org"),
        ("http://192.168.8.2:8000/", "http://192.168.8.2:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://example.org/leitai/", "https://example.org/leitai"),
    ],
)
def test_base_url_is_taken_without_its_slash(tmp_path: Path, given: str, expected: str | None) -> None:
    """Links are made by putting a path behind it."""
    assert read_settings(tmp_path, environment=KEY | {"LEITAI_BASE_URL": given}).base_url == expected


@pytest.mark.parametrize(
    "given",
    [
        "ftp://x",
        "rubbish",
        "contest.example.org",
        "localhost:8000",
        "http://",
        "http://:8000",
        "http://x:port",
        "http://x:0",
        "http://[::1",
        "http://x/?a=b",
        "http://x/#a",
        "http://x y",
        "http://x\n",
    ],
)
def test_base_url_that_is_none_is_refused(tmp_path: Path, given: str) -> None:
    """An address that no link could begin with is told at start, not by every QR code."""
    with pytest.raises(BadBaseUrl) as refused:
        read_settings(tmp_path, environment=KEY | {"LEITAI_BASE_URL": given})
    assert str(refused.value) == (
        f"The setting LEITAI_BASE_URL cannot be used: {given} is not the address of a server. Write http:// or https:// and the "
        "host, such as https://contest.example.org, and nothing after a ? or #."
    )


def test_web_address_may_have_a_query() -> None:
    """A board's page has its pass there."""
    assert is_web_address("http://localhost:8000/boards/cnc?pass=a")
