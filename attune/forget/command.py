"""`attune forget`: find, remove, run the pipeline without the person, search for what is left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from tqdm import tqdm

from attune.forget import report
from attune.forget.gather import gather, without_others, without_outputs
from attune.forget.known import known_recordings
from attune.forget.needles import Needles
from attune.forget.person import codes_of, find_person
from attune.forget.plan import Plan, make_plan
from attune.forget.repository import check_idle
from attune.forget.rerun import check_models, has_run, rerun, unknown_models
from attune.forget.search import Search
from attune.forget.session_files import check_guard, copies_of
from attune.forget.stores import Objects, Store, open_stores
from attune.review.lock import no_other_review
from stages.common.core.errors import UserError
from stages.common.core.forgotten import add_forgotten, read_forgotten
from stages.common.core.ids import read_key, recording_id
from stages.common.core.params import load_params
from stages.common.evaluation.comparison.revisions import dvc_repository


def forget(text: str, dry: bool) -> bool:
    """Forget the client or the recording `text`; with `dry` only count what would be removed.

    Returns: whether nothing is left and the pipeline ran without an error.

    Raises: UserError if there is no such person, the out-of-domain set has a recording of their
        name, a model in use learned from them, a remote cannot be reached, or DVC, an experiment or
        `attune review` is running.
    """
    params = load_params()
    key = read_key(Path(params.data.key))
    sessions, guard = Path(params.data.sessions), Path(params.evaluate.guard)
    language = params.build_dataset.language
    with dvc_repository() as repo, _alone(repo, dry):
        stores, others = open_stores(repo)
        objects = Objects(stores)
        clients, known = known_recordings(sessions, objects)
        person = find_person(text, key, clients, known, read_forgotten(key))
        check_guard(guard, sessions, person, clients)
        copies = [recording_id(key, name) for name in copies_of(sessions, person)]
        check_models(params, person)
        with _bar("finding") as step:
            needles = gather(person, sessions, guard, objects, language, step)
            plan = make_plan(repo, objects, person, needles, sessions, step)
        counts = plan.counts()
        print(report.heading(person, key))
        if copies:
            print(
                f"The audio of {len(copies)} other recording(s) is the same as theirs: "
                f"{', '.join(sorted(copies))}; forget these too, if they are theirs"
            )
        if dry:
            print(report.to_remove(counts))
            return True
        add_forgotten(key, person.recordings, codes_of(person))
        plan.carry_out()
    plan.remove_databases()
    print(report.removed(counts), flush=True)
    # The search follows at once: the run may take hours, and be interrupted.
    clean = _search(plan, needles, stores)
    ran = True
    if has_run():
        print("running `dvc repro` without them", flush=True)
        ran = rerun()
        needles = without_others(needles, person, sessions, guard, language)
        if ran:
            needles = without_outputs(needles, person)
        else:
            print(
                "forget: `dvc repro` failed, see above; correct that and run it again. The data "
                "listed as removed stays removed",
                file=sys.stderr,
            )
        clean = _search(plan, needles, stores)
    print(report.beyond_reach(others, unknown_models(params)))
    return clean and ran and not copies


def _search(plan: Plan, needles: Needles, stores: list[Store]) -> bool:
    """Search, and print what was found by place. Returns: whether nothing was."""
    search = Search(needles, plan.sessions, stores)
    with _bar("searching") as step:
        places = search.run(plan.databases, step)
    print(report.found(places, needles, search.git_ids), flush=True)
    return not any(place.files for place in places)


@contextmanager
def _bar(name: str) -> Iterator[Any]:
    with tqdm(desc=name, unit="file", disable=None) as bar:
        yield bar.update


@contextmanager
def _alone(repo: Any, dry: bool) -> Iterator[None]:
    """Holds DVC's lock. Raises: UserError if DVC, an experiment or `attune review` is running."""
    from dvc.lock import LockError

    check_idle(Path(repo.tmp_dir))
    # It would write its transcripts again.
    running = "`attune review` is running; stop it and repeat"
    with nullcontext() if dry else no_other_review(running):
        try:
            repo.lock.lock()
        except LockError:
            raise UserError("DVC is running; wait for it, or stop it, and repeat") from None
        try:
            yield
        finally:
            repo.lock.unlock()
