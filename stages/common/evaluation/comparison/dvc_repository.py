"""DVC's Python API. It prints nothing into a command's output and, unlike DVC's command line, sends
no usage statistics, whatever the user's configuration says."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stages.common.core.errors import UserError


@contextmanager
def dvc_repository() -> Iterator[Any]:
    """The `dvc.repo.Repo` of the current folder. Raises: UserError where DVC raises."""
    # Importing dvc takes a second, which a comparison of two commits need not spend.
    from dvc.exceptions import DvcException, NotDvcRepoError
    from dvc.repo import Repo

    # Progress bars follow the logger's level, too.
    logging.getLogger("dvc").setLevel(logging.CRITICAL)
    try:
        with Repo() as repo:
            yield repo
    except NotDvcRepoError:
        raise UserError("not a DVC repository: run from the root of your clone") from None
    except DvcException:
        # DVC's text may hold a path that a user chose.
        raise UserError("DVC cannot read this repository: `dvc status` shows why") from None
