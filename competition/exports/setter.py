"""The process that sets one file and ends: ``python -m competition.exports.setter`` reads a ``Setting``, writes the PDF."""

from __future__ import annotations

import os
import sys

import msgspec

from competition.exports.typesetting import Setting, set_pages

NICENESS = 5
"""Marks come first: pages are set with what the machine has left."""


def main() -> None:
    """Set what standard input asks for."""
    if hasattr(os, "nice"):  # Windows has none
        os.nice(NICENESS)
    sys.stdout.buffer.write(set_pages(msgspec.json.decode(sys.stdin.buffer.read(), type=Setting)))


if __name__ == "__main__":
    main()
