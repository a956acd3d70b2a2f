"""Why the system refuses something, in words that are translated with the sentence they stand in."""

from __future__ import annotations

import errno
import os
import socket

from schemas.problems import N_, Phrase

_BY_NUMBER = {
    errno.EACCES: N_("Permission denied"),
    errno.EADDRINUSE: N_("Address already in use"),
    errno.EBUSY: N_("Device or resource busy"),
    errno.ECONNREFUSED: N_("Connection refused"),
    errno.ECONNRESET: N_("Connection reset by peer"),
    errno.EDQUOT: N_("Disk quota exceeded"),
    errno.EEXIST: N_("File exists"),
    errno.EHOSTUNREACH: N_("No route to host"),
    errno.EIO: N_("Input/output error"),
    errno.EISDIR: N_("Is a directory"),
    errno.ELOOP: N_("Too many levels of symbolic links"),
    errno.EMFILE: N_("Too many open files"),
    errno.ENAMETOOLONG: N_("File name too long"),
    errno.ENETUNREACH: N_("Network is unreachable"),
    errno.ENOENT: N_("No such file or directory"),
    errno.ENOSPC: N_("No space left on device"),
    errno.ENOTDIR: N_("Not a directory"),
    errno.ENOTEMPTY: N_("Directory not empty"),
    errno.EPERM: N_("Operation not permitted"),
    errno.EROFS: N_("Read-only file system"),
    errno.ETIMEDOUT: N_("Connection timed out"),
}
"""The reasons that people meet, in the system's own English."""

_OF_NAMES = {
    socket.EAI_NONAME: N_("Name or service not known"),
    socket.EAI_AGAIN: N_("Temporary failure in name resolution"),
}
"""What looking up a host's name may answer; these numbers are of another kind."""


def reason(refusal: BaseException) -> str:
    """Why, for a sentence: by the number of the error where people meet it, else in the system's words."""
    match refusal:
        case socket.gaierror() if refusal.errno in _OF_NAMES:
            return Phrase(_OF_NAMES[refusal.errno])
        case OSError() if refusal.errno in _BY_NUMBER:
            return by_number(refusal.errno)
        case TimeoutError():
            return by_number(errno.ETIMEDOUT)
        case OSError() if refusal.strerror:
            return refusal.strerror
        case _:
            return str(refusal).rstrip(".") or type(refusal).__name__


def by_number(number: int) -> str:
    """What an ``errno`` says."""
    return Phrase(_BY_NUMBER[number]) if number in _BY_NUMBER else os.strerror(number)
