"""The JSON package as a file: written in canonical JSON, read with every field checked."""

from __future__ import annotations

import re

import msgspec

from schemas.base import canonical
from schemas.package import PACKAGE_FORMAT, Package
from schemas.problems import N_, Problem


class NotAPackage(Problem):
    """The file is not JSON, or says nowhere which format it has."""

    sentence = N_("This file is not a result package of Leitai. Choose the JSON package that was exported.")


class PackageDamaged(Problem):
    """The package has our format, and something in it is missing, unknown or of another kind."""

    sentence = N_(
        "This result package of Leitai is damaged or was altered: {place} cannot be read. Export the JSON package again."
    )


class PackageIsNewer(Problem):
    """The package has a format that this program does not know."""

    sentence = N_(
        "This package has the format {theirs}; this program reads {ours}. "
        "Check it with the version of Leitai that made it."
    )


class _Format(msgspec.Struct):
    format: str


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
    if written.format != PACKAGE_FORMAT:
        raise PackageIsNewer(theirs=written.format, ours=PACKAGE_FORMAT)
    try:
        return _read_package.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise PackageDamaged(place=_place(str(fault))) from None


def _place(fault: str) -> str:
    """Where a decoder stumbled: the path that it names, and the field beside it."""
    path, field = re.search(r" - at `(.+)`$", fault), re.search(r" field `(\w+)`", fault)
    return (path[1] if path else "$") + (f".{field[1]}" if field else "")
