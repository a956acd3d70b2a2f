"""The JSON package as a file: written in canonical JSON, read with every field checked."""

from __future__ import annotations

import msgspec

from schemas.base import canonical
from schemas.package import PACKAGE_FORMAT, Package
from schemas.problems import N_, Problem


class NotAPackage(Problem):
    """The file is not JSON, or not a package of ours."""

    sentence = N_(
        "This file is not a result package of Leitai: {why}. Check that the right file was chosen, "
        "or export the JSON package again."
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
    """Read a package; raises ``NotAPackage`` naming the field that is wrong, or ``PackageIsNewer``."""
    try:
        written = _read_format.decode(file.removeprefix(b"\xef\xbb\xbf"))
        if written.format != PACKAGE_FORMAT:
            raise PackageIsNewer(theirs=written.format, ours=PACKAGE_FORMAT)
        return _read_package.decode(file.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise NotAPackage(why=str(fault).rstrip(".")) from None
