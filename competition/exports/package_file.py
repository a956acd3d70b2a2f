"""The JSON package as a file: written in canonical JSON, read with every field checked."""

from __future__ import annotations

import re

import msgspec

from competition.exports.findings import place_of
from schemas.base import canonical
from schemas.package import PACKAGE_FORMAT, Package
from schemas.problems import N_, Problem


class NotAPackage(Problem):
    """The file is not JSON, or says nowhere which format it has."""

    sentence = N_("This file is not a result package of Leitai. Choose the JSON package that was exported.")


class PackageDamaged(Problem):
    """The package has our format, and something in it is missing, unknown or of another kind.

    A kind of entry or a field that a later version added reads the same, as long as the format keeps its number.
    """

    sentence = N_(
        "This result package of Leitai is damaged or was altered, or a newer Leitai made it: {place} cannot be read. "
        "Check it with the version of Leitai that made it or a later one, or export the JSON package again."
    )


class PackageIsNewer(Problem):
    """The package has a format that this program does not know."""

    sentence = N_(
        "This package was made by a newer Leitai: it has the format {theirs}; this program reads {ours}. "
        "Check it with the version of Leitai that made it, or a later one."
    )


class _Format(msgspec.Struct):
    format: str


_ANY_FORMAT = re.compile(r"leitai-package-[1-9]\d*")
_read_format = msgspec.json.Decoder(_Format)
_read_package = msgspec.json.Decoder(Package)


def package_json(package: Package) -> bytes:
    """The package as canonical JSON, with a line end."""
    return canonical(package) + b"\n"


def read_package(file: bytes) -> Package:
    """Read a package; raises ``NotAPackage``, ``PackageIsNewer``, or ``PackageDamaged`` naming the place."""
    content = file.removeprefix(b"\xef\xbb\xbf")
    try:
        written = _read_format.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotAPackage from None
    if not _ANY_FORMAT.fullmatch(written.format):
        raise NotAPackage
    if written.format != PACKAGE_FORMAT:
        raise PackageIsNewer(theirs=written.format, ours=PACKAGE_FORMAT)
    try:
        return _read_package.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise PackageDamaged(place=place_of(fault)) from None
