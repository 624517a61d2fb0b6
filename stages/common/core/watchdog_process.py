"""The child process of watchdog.py: does one piece of work after another.

python -m stages.common.core.watchdog_process FILE_DESCRIPTOR
"""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Any

from stages.common.core.errors import UserError
from stages.common.core.process_lifetime import end_with_parent
from stages.common.core.work_limits import watched_by


def main() -> None:
    parent = os.getppid()
    end_with_parent()  # not on Linux: the closed connection ends it after its work
    connection = Connection(int(sys.argv[1]))
    connection.send("ready")
    watched_by(connection)
    while os.getppid() == parent:
        try:
            work = connection.recv_bytes()
        except EOFError:
            return
        connection.send(_result(work))


def _result(work: bytes) -> tuple[bool, Any]:
    try:
        return True, pickle.loads(work)()
    except Exception as error:
        if not isinstance(error, UserError):
            error.add_note(traceback.format_exc())
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # a library's exception that cannot be pickled
            error = RuntimeError(traceback.format_exc())
        return False, error


if __name__ == "__main__":
    main()
