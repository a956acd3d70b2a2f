"""The JSON package: a file that is read back as what it was, and problems that name the fault."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from competition.exports.package_file import NotAPackage, PackageDamaged, PackageIsNewer, package_json, read_package

if TYPE_CHECKING:
    from tests.competition.exports.conftest import World


def test_package_is_read_back_as_it_was(world: World) -> None:
    """Written and read, a package is the same value, and written again the same bytes."""
    file = package_json(world.package)
    assert read_package(file) == world.package
    assert package_json(read_package(file)) == file


def test_package_survives_another_json_writer(world: World) -> None:
    """A package that another program wrote anew (indented, escaped, with a byte order mark) is read all the same."""
    rewritten = json.dumps(json.loads(package_json(world.package)), indent=2).encode("utf-8-sig")
    assert read_package(rewritten) == world.package


def test_package_carries_decimals_as_strings(world: World) -> None:
    """No points travel as binary numbers."""
    read = json.loads(package_json(world.package), parse_float=pytest.fail)
    assert read["publication"]["rows"][0]["total"] == "92.07"


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"null",
        b"PK\x03\x04",
        b"\xff\xfe{",
        b"[]",
        b'{"a":1}',
        b'{"format":1}',
        b'{"format":"zip"}',
        b'{"publication":null}',
    ],
)
def test_file_that_is_no_package_is_told_as_such(file: bytes) -> None:
    """A foreign file is refused in words, whatever a decoder calls it."""
    with pytest.raises(NotAPackage) as refused:
        read_package(file)
    assert refused.value.data == {}


def test_package_that_is_damaged_is_told_with_the_place(world: World) -> None:
    """What lacks a field, or has null in one, or ends too early, is ours all the same."""
    read = json.loads(package_json(world.package))
    for file, place in (
        (b'{"format":"leitai-package-1"}', "$.competition"),
        (json.dumps(read | {"publication": None}).encode(), "$.publication"),
        (json.dumps(read | {"publication": {}}).encode(), "$.publication.event_id"),
    ):
        with pytest.raises(PackageDamaged) as refused:
            read_package(file)
        assert refused.value.data == {"place": place}


def test_package_with_unknown_field_is_refused(world: World) -> None:
    """What is not understood is not passed over: the place is named."""
    read = json.loads(package_json(world.package))
    read["entrants"][1]["phone"] = "13800000000"
    with pytest.raises(PackageDamaged) as refused:
        read_package(json.dumps(read).encode())
    assert refused.value.data == {"place": "$.entrants[1].phone"}


def test_package_of_a_later_format_says_so(world: World) -> None:
    """A package of a format to come is told from a damaged one, whatever kinds of entries and fields it has."""
    later = json.loads(package_json(world.package)) | {"format": "leitai-package-9", "seals": []}
    later["ledger"][0] = {"kind": "hologram"}
    for file in (b'{"format":"leitai-package-9"}', json.dumps(later).encode()):
        with pytest.raises(PackageIsNewer) as refused:
            read_package(file)
        assert str(refused.value) == (
            "This package was made by a newer Leitai: it has the format leitai-package-9; "
            "this program reads leitai-package-1. Check it with the version of Leitai that made it, or a later one."
        )


def test_entry_of_an_unknown_kind_may_be_of_a_newer_leitai(world: World) -> None:
    """Under our format nobody can tell it from damage: the sentence names both."""
    read = json.loads(package_json(world.package))
    read["ledger"][1]["kind"] = "hologram"
    with pytest.raises(PackageDamaged) as refused:
        read_package(json.dumps(read).encode())
    assert str(refused.value) == (
        "This result package of Leitai is damaged or was altered, or a newer Leitai made it: $.ledger[1].kind cannot be "
        "read. Check it with the version of Leitai that made it or a later one, or export the JSON package again."
    )
