"""Marking schemes as files: reading one whatever its kind, and the schemes that Leitai ships."""

from __future__ import annotations

from importlib import resources

from competition.schemes.cis.reader import read_cis
from competition.schemes.template import read_template
from competition.schemes.text_file import read_json, read_toml
from competition.schemes.workbook import is_cis
from schemas.problems import N_, Problem
from schemas.scheme import Scheme

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes. The largest real scheme known is a tenth of this."""

_SUFFIX = ".json"
_ZIP = b"PK"


class SchemeTooLarge(Problem):
    """The file is larger than any scheme."""

    status = 413
    sentence = N_("{name} is larger than {most} bytes and cannot be a marking scheme. Choose the file of a scheme.")


class NoSuchScheme(Problem):
    """No scheme of this name is shipped."""

    status = 404
    sentence = N_("No scheme named {name} is shipped. Choose one of these: {names}.")


def read_scheme(content: bytes, name: str) -> Scheme:
    """The scheme in a file: JSON, TOML, the XLSX template or a CIS workbook; ``name`` is what people call the file.

    TOML is known by the ending of its name, and the kinds of workbooks by their content; all else is read as JSON. The scheme
    is only well-formed: what does not add up in it, ``faults_of`` tells. Raises a ``Problem`` that names the place.
    """
    if len(content) > LARGEST_FILE:
        raise SchemeTooLarge(name=name, most=LARGEST_FILE)
    if content.startswith(_ZIP) or name.lower().endswith(".xlsx"):
        return read_cis(content, name) if is_cis(content, name) else read_template(content, name)
    return read_toml(content, name) if name.lower().endswith(".toml") else read_json(content, name)


def shipped() -> tuple[str, ...]:
    """The names of the schemes that come with Leitai."""
    files = (resources.files("competition.schemes") / "library").iterdir()
    return tuple(sorted(file.name.removesuffix(_SUFFIX) for file in files if file.name.endswith(_SUFFIX)))


def shipped_scheme(name: str) -> Scheme:
    """The shipped scheme of this name."""
    if name not in shipped():
        raise NoSuchScheme(name=name, names=", ".join(shipped()))
    file = resources.files("competition.schemes") / "library" / f"{name}{_SUFFIX}"
    return read_scheme(file.read_bytes(), file.name)
