"""What a command and its children do on the machine, seen by strace: connections and files written.

A namespace without a network would hide the connections that a process tries to open; a listing of
the disk before and after would hide temporary files, and show those of other processes.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from tests.support.imports import ROOT

_SENT = ("connect", "sendto", "sendmsg", "sendmmsg")
_OPENED = ("open", "openat", "creat")
_MADE = ("mkdir", "mkdirat", "mknod", "mknodat")
_NAMED = ("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat")
_STRACE = (
    "strace", "-qq", "-y", "-f", "-ff", "--seccomp-bpf",
    "-e", f"trace={','.join(('network', *_OPENED, *_MADE, *_NAMED))}",
)  # fmt: skip
_CALL = re.compile(r"(\w+)\((.*)\) += (\d+)(?:<(.*?)>(?:\(deleted\))?)?$")
_TRIED = re.compile(r"(\w+)\((.*)$")
_FOLDER = re.compile(r"AT_FDCWD<([^>]*)>")
_ADDRESS = re.compile(
    r'sin6?_port=htons\((\d+)\).*?(?:inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)")'
)
_DNS = 53


@dataclass(frozen=True)
class Trace:
    """The calls of all processes, a file each: `<name>.<process id>` beside `prefix`."""

    prefix: Path

    def connections(self) -> list[str]:
        """Attempts to reach another machine or to look up a name, one a line; none is right."""
        return [line for line in self._lines() if leaves(line)]

    def calls(self, text: str) -> list[str]:
        """The calls that contain `text`."""
        return [line for line in self._lines() if text in line]

    def written(self, folder: Path) -> set[Path]:
        """All files and folders that were created, renamed or opened for writing, temporary ones
        too. folder: the working directory of the command."""
        paths: set[Path] = set()
        for file in self._files():
            current = folder
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
                if seen := _FOLDER.search(line):
                    current = Path(seen[1])
                if path := written_path(line):
                    paths.add(Path(os.path.normpath(current / path)))
        return paths

    def _lines(self) -> Iterator[str]:
        for file in self._files():
            yield from file.read_text(encoding="utf-8", errors="replace").splitlines()

    def _files(self) -> list[Path]:
        found = sorted(self.prefix.parent.glob(f"{self.prefix.name}.*"))
        if not found:
            raise RuntimeError(f"strace wrote no {self.prefix}")
        return found


@cache
def why_untraced() -> str:
    """Why no command can be traced here; empty if it can."""
    if not shutil.which("strace"):
        return "strace is missing: install it, nothing else sees what a process sends"
    tried = subprocess.run([*_STRACE, "-o", os.devnull, "true"], capture_output=True, text=True)
    return f"strace may not follow a process here: {tried.stderr}" if tried.returncode else ""


def traced(trace: Trace, *command: str) -> tuple[str, ...]:
    """`command` under strace, which stops at the calls above alone and so costs little.

    Raises: RuntimeError if that is not possible here.
    """
    if reason := why_untraced():
        raise RuntimeError(reason)
    trace.prefix.parent.mkdir(parents=True, exist_ok=True)
    return (*_STRACE, "-o", str(trace.prefix), *command)


def terminate(process: subprocess.Popen[bytes]) -> None:
    """End a traced command: strace itself ignores the signal."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for child in children:
        os.kill(int(child), signal.SIGTERM)


def leaves(line: str) -> bool:
    """Whether a call sends to another machine, or to any resolver of names."""
    call = _TRIED.match(line)
    if not call or call[1] not in _SENT:
        return False
    if "io.systemd.Resolve" in call[2]:
        return True
    for port, v4, v6 in _ADDRESS.findall(call[2]):
        address = ip_address(v4 or v6)
        mapped = getattr(address, "ipv4_mapped", None) or address
        if int(port) == _DNS or not mapped.is_loopback:
            return True
    return False


def written_path(line: str) -> str | None:
    """The path that a call made or opened for writing, as it was given; None if there is none."""
    call = _CALL.match(line)
    if not call:
        return None
    name, arguments, _, opened = call.groups()
    if name in _OPENED:
        if name != "creat" and not re.search(r"O_(WRONLY|RDWR|CREAT)", arguments):
            return None
        return opened
    if name in (*_MADE, *_NAMED):
        *_, path = re.findall(r'"((?:[^"\\]|\\.)*)"', arguments)
        return str(path)
    return None


def outside(paths: set[Path], *folders: Path) -> list[str]:
    """Those of `paths` that are in none of `folders`, neither devices nor temporary as below, nor
    compiled modules of this repository."""
    known = (*folders, Path("/dev/null"), Path("/dev/tty"), Path("/proc/self"))
    return sorted(
        str(path) for path in paths
        if not any(path.is_relative_to(folder) for folder in known)
        and not (path.is_relative_to(ROOT) and path.parent.name == "__pycache__")
        and (not _TEMPORARY.fullmatch(str(path)) or path.exists())
    )  # fmt: skip


ENVIRONMENT = Path(sys.prefix).resolve()
"""It gets compiled modules: those of Python, and the numba functions of librosa."""
_TEMPORARY = re.compile(
    # Semaphores, and folders that joblib makes for large arguments, which no task has.
    r"/dev/shm/(sem\.[\w-]+|joblib_memmapping_folder_\w+)"
    # Python tries whether it can write to the folder for temporary files.
    rf"|{re.escape(tempfile.gettempdir())}/[a-z0-9_]{{8}}"
)
