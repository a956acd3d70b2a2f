"""The machine the benchmark runs on: its compiler, its cores, its limits, and what a process has used of them."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from tests.program import parent_of

HERE = Path(__file__).parent
VIEWERS = HERE / "viewers"
SPARE_FILES = 500
"""Descriptors that a process needs beside its viewers' connections."""


def compiled(source: Path, folder: Path) -> Path:
    """A C program of ours, one file or a folder of them, compiled; raises ClickException where there is no compiler."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise click.ClickException("The viewers are written in C: install gcc, then try again.")
    program, parts = folder / source.stem, sorted(source.glob("*.c")) if source.is_dir() else [source]
    subprocess.run([compiler, "-O2", "-Wall", "-Wextra", "-o", program, *parts], check=True)
    return program


def raise_limits(viewers: int) -> None:
    """Let this process and all it starts hold so many connections; raises ClickException where the machine forbids it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = viewers + SPARE_FILES
    if most != resource.RLIM_INFINITY and most < needed:
        raise click.ClickException(
            f"{viewers:,} viewers need {needed:,} open files and this session may have {most:,}: "
            f"raise it with `ulimit -Hn {needed}` as root, or ask for fewer with --viewers."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


_CORES = os.sched_getaffinity(0)


def server_core() -> int:
    """The core that every server runs on."""
    return min(_CORES)


def load_core() -> int:
    """The core of everything else; the server's own where there is only one."""
    return max(_CORES)


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """Whatever is started in the block stays on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def pin(pid: int, core: int) -> None:
    """Move a process that runs already, with all its threads, to one core."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})


def family(pid: int) -> list[int]:
    """A process and everything it has started."""
    found, pids = [pid], [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
    for parent in found:
        found += [child for child in pids if _parent(child) == parent]
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """What processes have used so far, user and system time of all their threads.

    The scheduler's own account, in nanoseconds: the sum that ``/proc/PID/stat`` gives in hundredths of a second.
    """
    return sum(
        int((task / "schedstat").read_bytes().split()[0]) / 1e9
        for pid in pids
        for task in Path(f"/proc/{pid}/task").iterdir()
    )


def memory_bytes(pids: Iterable[int]) -> int:
    """What processes hold (PSS: what they share is counted once); buffers of sockets are the kernel's and not in it."""
    return sum(_kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:") * 1024 for pid in pids)


def descriptors(pid: int) -> int:
    """How many files and sockets a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def circumstances() -> str:
    """On what this was measured."""
    cores = "servers on a core of their own" if len(_CORES) > 1 else "servers and viewers on the same core"
    return (
        f"{platform.machine()}, {len(_CORES)} cores, {cores}; load average {os.getloadavg()[0]:.1f};"
        f" Linux {platform.release().partition('-')[0]}, Python {platform.python_version()}"
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _parent(pid: int) -> int | None:
    try:
        return parent_of(pid)
    except OSError:
        return None


def _kilobytes(account: Path, name: str) -> int:
    return next(int(line.split()[1]) for line in account.read_text().splitlines() if line.startswith(name))
