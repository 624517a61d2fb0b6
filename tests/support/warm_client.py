"""The client of warm_python.py: it is `python` there, and ends as the fork ends."""

import json
import os
import socket
import sys

server, *arguments = sys.argv[1:]
with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
    connection.connect(server)
    cwd = os.getcwd()  # noqa: PTH109 - pathlib takes longer to import
    job = {"arguments": arguments, "cwd": cwd, "env": dict(os.environ), "mask": os.umask(0)}
    spaces = [os.open(f"/proc/self/ns/{kind}", os.O_RDONLY) for kind in ("user", "net")]
    socket.send_fds(connection, [json.dumps(job).encode()], [0, 1, 2, *spaces])
    code = int(connection.recv(16))
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
