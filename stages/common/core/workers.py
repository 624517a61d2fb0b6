"""Where parallel work runs: on the cores of this machine or on a Dask cluster, through joblib."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import joblib

from stages.common.core.errors import UserError

_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Workers:
    backend: str
    """`loky` for this machine's cores, `dask` for a cluster."""
    scheduler: str
    """Address of the Dask scheduler; "" with `loky`."""


@contextmanager
def parallel_on(workers: Workers, shared: Path) -> Iterator[None]:
    """Within this context joblib runs its jobs on `workers`.

    shared: a folder that every worker must see under the same path.

    Raises: UserError if the scheduler does not answer, has no workers, or one lacks `shared`.
    """
    if workers.backend == "loky":
        with joblib.parallel_config(backend="loky"):
            yield
        return
    try:
        from distributed import Client
    except ImportError:
        raise UserError(
            "segment.backend = 'dask': the package is missing; run `pip install distributed`"
        ) from None
    try:
        client = Client(workers.scheduler, timeout=_TIMEOUT_SECONDS)
    except (OSError, ValueError):
        raise UserError(
            f"segment.scheduler: no answer within {_TIMEOUT_SECONDS} s; "
            "check the address, and that `dask scheduler` runs there"
        ) from None
    with client:
        shares = client.run(os.path.isdir, str(shared))
        if not shares:
            raise UserError(
                "segment.scheduler: it has no workers; start `dask worker` on each machine"
            )
        without = sum(not share for share in shares.values())
        if without:
            raise UserError(
                f"segment.scheduler: {without} of {len(shares)} worker(s) cannot see this "
                "repository; place it on a disk that all machines mount under the same path"
            )
        with joblib.parallel_config(backend="dask"):
            yield
