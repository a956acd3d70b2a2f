"""Why the system refuses, in both languages."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from competition.plumbing import reasons
from competition.plumbing.locale import sentence_of, speaking
from competition.plumbing.postgres_problems import DataFolderUnusable
from competition.plumbing.reasons import by_number, reason


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (FileNotFoundError(errno.ENOENT, "whatever the system says"), "No such file or directory"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed"), "Connection refused"),
        (socket.gaierror(socket.EAI_NONAME, "whatever"), "Name or service not known"),
        (socket.gaierror(socket.EAI_FAMILY, "ai_family not supported"), "ai_family not supported"),
        (TimeoutError(), "Connection timed out"),
        (OSError(errno.EXDEV, "Invalid cross-device link"), "Invalid cross-device link"),
        (OSError("several things at once."), "several things at once"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_reason_goes_by_the_number(refusal: Exception, expected: str) -> None:
    """The usual ones have words of ours, the others those of the system, without a full stop of their own."""
    assert reason(refusal) == expected


def test_words_are_those_of_the_system() -> None:
    """In English nothing else is said than by any other program."""
    numbers = vars(reasons)["_BY_NUMBER"]
    assert {number: str(by_number(number)) for number in numbers} == {number: os.strerror(number) for number in numbers}


def test_reason_is_translated_with_its_sentence() -> None:
    """No English stands in a Chinese sentence."""
    problem = DataFolderUnusable(folder="/data", why=reason(PermissionError(errno.EACCES, "Permission denied")))
    assert str(problem).startswith("The data folder /data cannot be used: Permission denied. ")
    with speaking("zh-CN"):
        assert sentence_of(problem).startswith("数据文件夹 /data 无法使用：没有权限。")
