"""What the search in strace's lines finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.trace import Trace, leaves, outside

SENT = (
    # onnxruntime without its switch looks up the host of its collector.
    'connect(3<socket:[4]>, {sa_family=AF_INET, sin_port=htons(53), '
    'sin_addr=inet_addr("10.255.255.53")}, 16) = -1 ENETUNREACH (Network is unreachable)',
    'connect(3<socket:[4]>, {sa_family=AF_INET, sin_port=htons(53), '
    'sin_addr=inet_addr("127.0.0.53")}, 16) = 0',
    'connect(3<socket:[4]>, {sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), '
    'inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
    'sendto(3<UDP:[4]>, "x", 1, 0, {sa_family=AF_INET, sin_port=htons(9), '
    'sin_addr=inet_addr("192.0.2.1")}, 16) = 1',
    'sendmsg(3<UDP:[4]>, {msg_name={sa_family=AF_INET, sin_port=htons(9), '
    'sin_addr=inet_addr("192.0.2.1")}, msg_namelen=16, msg_iov=[], msg_iovlen=0}, 0) = 0',
    'connect(3<UNIX:[4]>, {sa_family=AF_UNIX, sun_path="/run/systemd/resolve/'
    'io.systemd.Resolve"}, 42) = 0',
)  # fmt: skip
KEPT = (
    'connect(3<socket:[4]>, {sa_family=AF_INET, sin_port=htons(8000), '
    'sin_addr=inet_addr("127.0.0.1")}, 16) = 0',
    'connect(3<socket:[4]>, {sa_family=AF_INET6, sin6_port=htons(8000), sin6_flowinfo=htonl(0), '
    'inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 0',
    'connect(3<socket:[4]>, {sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}, 110) = -1 ENOENT',
    'sendto(3<TCP:[4]>, "GET / HTTP", 10, 0, NULL, 0) = 10',
    'bind(3<socket:[4]>, {sa_family=AF_INET, sin_port=htons(0), '
    'sin_addr=inet_addr("192.0.2.1")}, 16) = 0',
)  # fmt: skip
WRITTEN = """\
openat(AT_FDCWD</work>, "params.yaml", O_RDONLY|O_CLOEXEC) = 3</work/params.yaml>
openat(AT_FDCWD</work>, "data/new", O_WRONLY|O_CREAT|O_CLOEXEC, 0666) = 3</work/data/new>
openat(AT_FDCWD</work>, "/root/.cache/id", O_RDWR|O_CREAT, 0666) = 3</root/.cache/id>
openat(AT_FDCWD</work>, "/root/.cache/no", O_RDWR|O_CREAT, 0666) = -1 EACCES (Permission denied)
mkdir("data/part", 0777)                = 0
rename("data/new", "../named")          = 0
openat(AT_FDCWD</work>, "/tmp", O_RDWR|O_EXCL|O_TMPFILE, 0600) = 4</tmp/#12>(deleted)
"""


@pytest.mark.parametrize("line", SENT)
def test_what_leaves_is_found(line: str) -> None:
    assert leaves(line)


@pytest.mark.parametrize("line", KEPT)
def test_what_stays_is_no_finding(line: str) -> None:
    assert not leaves(line)


def test_files_that_are_written(tmp_path: Path) -> None:
    (tmp_path / "run.1").write_text(WRITTEN)
    (tmp_path / "run.2").write_text(SENT[0])
    trace = Trace(tmp_path / "run")
    assert trace.connections() == [SENT[0]]
    paths = trace.written(Path("/elsewhere"))
    assert {str(path) for path in paths} == {
        "/work/data/new", "/root/.cache/id", "/work/data/part", "/named", "/tmp/#12",
    }  # fmt: skip
    assert outside(paths, Path("/work")) == ["/named", "/root/.cache/id", "/tmp/#12"]


def test_a_trace_that_was_not_made_is_no_silence(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        Trace(tmp_path / "run").connections()
