"""The keeper: a small process between Leitai and its PostgreSQL, which never runs as root nor outlives its server.

``competition.plumbing.postgres`` runs this file as a script that imports nothing of Leitai:
``postgres_keeper.py LOG CLUSTER SOCKETS PROGRAM ARGUMENT…``. Its standard input is a pipe on which the server never
writes. When the pipe ends, because the server closed it or died in whatever way, the keeper stops the program. That is
its own child: so no signal ever goes to a process known only by a number in a file.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from pwd import struct_passwd

Way = Callable[[Path, Path, Path], None]
"""A way to change who this process is, given the cluster, the sockets' folder and the program that it will become."""

NO_WAY = 77
"""The exit code that says: the program could not even be started, and the log tells which ways were tried."""

STOPS = ((signal.SIGINT, 3.0), (signal.SIGQUIT, 7.0), (signal.SIGKILL, 5.0)) if sys.platform != "win32" else ()
"""How the program is asked to stop, and the seconds for each: orderly, at once (no commit is lost), by force."""

LOG_BYTES = 4_000_000
"""A log longer than this moves to ``….log.1``, over the one before."""

TICK = 1.0
"""Seconds between looks at the log and at the server."""

UNPRIVILEGED = ("postgres", "nobody")
"""Users to run PostgreSQL as when Leitai runs as root, best first."""

LINUX = sys.platform.startswith("linux")

# What follows is named in the headers of Linux.
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAP_SETPCAP = 8
SECBIT_NO_SETUID_FIXUP = 1 << 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522
CLONE_NEWUSER = 0x10000000


def main(log: Path, cluster: Path, sockets: Path, command: list[str]) -> int:
    """Run ``command`` until it ends or the server is gone; returns its exit code, or ``NO_WAY``."""
    server = os.getppid()
    child = start(cluster, sockets, command)
    code = NO_WAY if child is None else keep(child, server, log)
    shutil.rmtree(sockets, ignore_errors=True)
    return code


def start(cluster: Path, sockets: Path, command: list[str]) -> int | None:
    """Start ``command`` in the first way that works; returns its process id, or None when none does (see the log)."""
    keeper = os.getpid()
    for way in ways():
        # A pipe of Python's closes on exec: reading nothing from it means that the program runs.
        reason, report = os.pipe()
        child = os.fork()
        if child == 0:
            _become(command, partial(way, cluster, sockets, Path(command[0])), keeper, report)
        os.close(report)
        with os.fdopen(reason) as pipe:
            why = pipe.read()
        if not why:
            return child
        os.waitpid(child, 0)
        sys.stderr.write(f"{Path(command[0]).name} could not be started ({way.__name__}): {why}\n")
    return None


def ways() -> tuple[Way, ...]:
    """The ways to become a user whom PostgreSQL accepts, least power first."""
    if os.geteuid() == 0:
        return drop, disguise
    # initdb refuses a user without a name, whom containers run under any number may have.
    return (stay,) if _has_name(os.geteuid()) else (disguise, stay)


def stay(_cluster: Path, _sockets: Path, _program: Path) -> None:
    """Remain the user that Leitai runs as."""


def drop(cluster: Path, sockets: Path, program: Path) -> None:
    """Become an unprivileged user, to whom the cluster and its sockets are given.

    When that user may not pass a folder on the way (``/root`` is closed to all others), the program keeps one
    capability, to read past file permissions: folders that are not the cluster's stay as they are.
    """
    user = _unprivileged()
    _hand_over(cluster, user.pw_uid, user.pw_gid)
    _hand_over(sockets, user.pw_uid, user.pw_gid)
    if LINUX:
        _linux("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    if not (os.access(cluster, os.X_OK) and os.access(program, os.X_OK)):
        _keep_reading()
        if not os.access(program, os.X_OK):
            raise PermissionError(f"{user.pw_name} may not enter the folders above {program}")


def disguise(cluster: Path, sockets: Path, _program: Path) -> None:
    """Enter a user namespace where the present user goes by an unprivileged one's number and has no capabilities."""
    user, uid, gid = _unprivileged(), os.geteuid(), os.getegid()
    _hand_over(cluster, uid, gid)
    _hand_over(sockets, uid, gid)
    _linux("unshare", CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user.pw_uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{user.pw_gid} {gid} 1")


def keep(child: int, server: int, log: Path) -> int:
    """Wait until ``child`` ends, and stop it once the server is gone; returns its exit code."""
    bell = _bell()
    code = _code(child)
    while code is None and not _is_gone(server, bell):
        bound(log)
        code = _code(child)
    for asking, seconds in STOPS:
        if code is None:
            os.kill(child, asking)
            code = _code_within(child, seconds, bell)
    return NO_WAY if code is None else code


def bound(log: Path) -> None:
    """Keep the log short. PostgreSQL appends to the same open file, so it is copied and emptied, not renamed."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LOG_BYTES:
            shutil.copyfile(log, f"{log}.1")
            os.truncate(log, 0)


def _become(command: list[str], change_user: Callable[[], None], keeper: int, report: int) -> NoReturn:
    """Turn this forked process into the program; what prevents it goes to ``report``."""
    try:
        change_user()
        if LINUX:
            # After the change of user, which would clear it. It watches the thread that forked: the keeper has one.
            _linux("prctl", PR_SET_PDEATHSIG, signal.SIGQUIT, 0, 0, 0)
        if os.getppid() != keeper:
            os._exit(NO_WAY)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execv(command[0], command)  # noqa: S606 - that is what a keeper is for
    except BaseException as problem:  # noqa: BLE001 - nothing may run on in this copy
        os.write(report, (str(problem) or repr(problem)).encode(errors="backslashreplace"))
    finally:
        os._exit(NO_WAY)


def _unprivileged() -> struct_passwd:
    import pwd  # noqa: PLC0415 - Windows lacks it

    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    return next(user for user in pwd.getpwall() if user.pw_uid != 0)


def _has_name(uid: int) -> bool:
    import pwd  # noqa: PLC0415 - Windows lacks it

    with contextlib.suppress(KeyError):
        return bool(pwd.getpwuid(uid))
    return False


def _hand_over(top: Path, uid: int, gid: int) -> None:
    """Give a folder to a user: first what it holds, so that the owner of ``top`` tells whether all is done."""
    if top.stat().st_uid == uid:
        return
    for folder, _, files in os.walk(top, topdown=False):
        for name in files:
            os.chown(Path(folder, name), uid, gid, follow_symlinks=False)
        os.chown(folder, uid, gid)


def _keep_reading() -> None:
    """Hand a capability on to the program: to read anything, or else the wider one that containers grant by default."""
    try:
        _keep_capability(CAP_DAC_READ_SEARCH)
    except OSError:
        _keep_capability(CAP_DAC_OVERRIDE)


def _keep_capability(number: int) -> None:
    with contextlib.suppress(OSError):
        # PostgreSQL's programs look for each other with access(2), which disregards capabilities unless this is set.
        _set_capabilities(1 << number | 1 << CAP_SETPCAP)
        _linux("prctl", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    _set_capabilities(1 << number)
    # Without this a capability would end at exec; now the program has it, and nothing besides.
    _linux("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0)


def _set_capabilities(mask: int) -> None:
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    effective = permitted = inheritable = mask
    _linux("capset", header, (ctypes.c_uint32 * 6)(effective, permitted, inheritable, 0, 0, 0))


def _linux(call: str, *arguments: int | ctypes.Array[ctypes.c_uint32]) -> None:
    """Make a call of Linux that Python has no word for; raises ``OSError`` naming it."""
    if not LINUX:
        raise OSError(f"this system has no {call}")
    words = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in arguments]
    if getattr(ctypes.CDLL(None, use_errno=True), call)(*words) != 0:
        raise OSError(ctypes.get_errno(), f"{call}: {os.strerror(ctypes.get_errno())}")


def _bell() -> int:
    """A file descriptor that has something to read when a signal came. Signals to the keeper itself do nothing else."""
    bell, rope = os.pipe()
    os.set_blocking(bell, False)
    os.set_blocking(rope, False)
    signal.set_wakeup_fd(rope, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    return bell


def _is_gone(server: int, bell: int) -> bool:
    """Wait for news, a tick at most; true once the server is gone.

    Its death is seen in its pipe, and in our getting another parent: what the server forked may hold the pipe open.
    """
    ready = _news((0, bell), TICK)
    return 0 in ready or os.getppid() != server


def _code(child: int) -> int | None:
    """The exit code of ``child``, or None while it runs."""
    ended, status = os.waitpid(child, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _code_within(child: int, seconds: float, bell: int) -> int | None:
    until = time.monotonic() + seconds
    while (code := _code(child)) is None and (left := until - time.monotonic()) > 0:
        _news((bell,), left)
    return code


def _news(sources: tuple[int, ...], seconds: float) -> list[int]:
    """Which of ``sources`` have something to read, waiting ``seconds`` at most; empties the bell, which comes last."""
    ready, _, _ = select.select(sources, (), (), seconds)
    if sources[-1] in ready:
        os.read(sources[-1], 4096)
    return ready


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:]))
