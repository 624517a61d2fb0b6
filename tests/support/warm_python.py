"""A Python that runs each command in a fork of one process that has imported the large libraries.

Importing PyTorch and transformers takes 7 s of CPU, a training of the tests 2 s. A fork begins like
a process of its own, with its working folder, variables, umask, open files, network and random
numbers, and imports this repository's code itself; the libraries alone are shared.

Run as a script with the path of a socket, this module is the process that forks.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import runpy
import select
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = (
    "torch._dynamo",
    "torch.distributed.tensor",
    "torch.utils.tensorboard",
    "transformers.models.whisper.modeling_whisper",
    "transformers.models.whisper.tokenization_whisper",
    "accelerate",
    "ctranslate2.converters",
    "faster_whisper",
    "librosa.feature.spectral",
    "pandas",
    "peft",
    "scipy.stats",
)
"""Not `datasets` and `evaluate`: the variables that they read when they are imported differ between
projects."""
_LIBC = ctypes.CDLL(None, use_errno=True)


@cache
def warm_python() -> Path:
    """An executable `python` for the arguments -m and -c, until this process ends."""
    folder = Path(tempfile.mkdtemp())
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    server = subprocess.Popen(
        [sys.executable, "-P", __file__, str(folder / "socket")],
        # A fork has no thread of its parent, such as this one of pyarrow's.
        env=kept | {"OMP_NUM_THREADS": "1", "JE_ARROW_MALLOC_CONF": "background_thread:false"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    atexit.register(_end, server, folder)
    assert server.stdout and server.stdout.readline() == b"ready\n"
    client = Path(__file__).with_name("warm_client.py")
    command = shlex.join([sys.executable, "-I", "-S", str(client), str(folder / "socket")])
    (folder / "python").write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    (folder / "python").chmod(0o755)
    return folder / "python"


def _end(server: subprocess.Popen[bytes], folder: Path) -> None:
    assert server.stdin
    server.stdin.close()
    server.wait()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def _serve(path: str) -> None:
    """Fork for each client until stdin ends. Returns in each fork too, when its work is done."""
    gc.disable()
    # It sets variables that the libraries read.
    sys.path.insert(0, str(ROOT))
    importlib.import_module("stages")
    sys.path.remove(str(ROOT))
    for name in LIBRARIES:
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.split(".")[0] == "stages"]:
        del sys.modules[name]
    gc.freeze()
    gc.enable()
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a fork would lose threads"
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    listener.listen()
    print("ready", flush=True)
    handlers = 0
    while select.select([0, listener.fileno()], [], [])[0] == [listener.fileno()]:
        client, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            _handle(client)
            return
        client.close()
        handlers += 1
        # Those that have ended, so that they do not remain as zombies.
        while handlers and os.waitpid(-1, os.WNOHANG)[0]:
            handlers -= 1


def _handle(client: socket.socket) -> None:
    """Run the client's command in a fork, which returns; this process ends with the fork."""
    message, files, _, _ = socket.recv_fds(client, 2**20, 5)
    worker = os.fork()
    if worker == 0:
        client.close()
        _become(files, **json.loads(message))
        return
    ended = os.pidfd_open(worker)
    if ended not in select.select([client.fileno(), ended], [], [])[0]:
        # The client was killed.
        os.kill(worker, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])
    with contextlib.suppress(BrokenPipeError):
        client.send(str(code).encode())
    os._exit(0)


def _become(
    files: list[int], arguments: list[str], cwd: str, env: dict[str, str], mask: int
) -> None:
    """Run what `arguments` say, as a Python that was started in `cwd` with `env`.

    files: stdin, stdout, stderr, and the client's namespaces of users and network.
    """
    assert env.get("OMP_NUM_THREADS") == "1", "the libraries have read it already"
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    for kind, file in zip(("user", "net"), files[3:], strict=True):
        own = Path(f"/proc/self/ns/{kind}").readlink()
        if own != Path(f"/proc/self/fd/{file}").readlink() and _LIBC.setns(file, 0):
            raise OSError(ctypes.get_errno(), f"the fork cannot join the client's {kind} namespace")
    for file in files:
        os.close(file)
    # The streams remember whether the files before could be sought in.
    sys.stdin, sys.stdout = os.fdopen(0, closefd=False), os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, errors="backslashreplace", closefd=False)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    os.umask(mask)
    tempfile.tempdir = None
    sys.path[:0] = [cwd, *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    random.seed()
    importlib.import_module("numpy").random.seed()
    option, what, *rest = arguments
    sys.argv = [option, *rest]
    if option == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        assert option == "-c"
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    _serve(sys.argv[1])
