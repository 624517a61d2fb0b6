"""Who does the work: this machine's cores, or a Dask cluster's, both through joblib."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import joblib

from stages.common.core.errors import UserError

_SECONDS = 10


@dataclass(frozen=True)
class Workers:
    backend: str
    """`loky` for this machine's cores, `dask` for a cluster."""
    scheduler: str
    """A Dask scheduler's address; "" for `loky`."""


@contextmanager
def at_work(workers: Workers, shared: Path) -> Iterator[None]:
    """What joblib runs inside goes to `workers`.

    shared: a folder that every one of them must see, under this path.

    Raises: UserError if the scheduler does not answer, has no workers, or one of them has no `shared`.
    """
    if workers.backend == "loky":
        with joblib.parallel_config(backend="loky"):
            yield
        return
    try:
        from distributed import Client
    except ImportError:
        raise UserError("segment.backend = 'dask': run `pip install distributed` first") from None
    try:
        client = Client(workers.scheduler, timeout=_SECONDS)
    except (OSError, ValueError):
        raise UserError(
            f"segment.scheduler: no answer within {_SECONDS} s; is `dask scheduler` running there?"
        ) from None
    with client:
        seen = client.run(os.path.isdir, str(shared))
        if not seen:
            raise UserError(
                "segment.scheduler: it has no workers; start `dask worker` on each machine"
            )
        blind = sum(not there for there in seen.values())
        if blind:
            raise UserError(
                f"segment.scheduler: {blind} of {len(seen)} worker(s) do not see this repository; "
                "it must lie on a disk that all machines share, under the same path"
            )
        with joblib.parallel_config(backend="dask"):
            yield
