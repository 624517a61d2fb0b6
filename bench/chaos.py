"""`make chaos`: faults at random points of every stage; does the next run end with the bytes of an
undisturbed one, and is nothing half-written under an output's name?

    python -m bench.chaos [--points 100] [--seed 1]

Each point runs one stage of a small finished project, whose inputs are at hand, with one fault, and
then the stage again. Points go through all pairs of a stage and a fault in random order. Prints two
tables for docs/results.md, and what went wrong, to stderr.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from bench.chaos_faults import FAULTS, MOUNTED, may_mount
from bench.chaos_project import ChaosProject, read_stages
from tests.support.dvc_project import make_project, repro

Pair = tuple[str, str]
"""Stage, fault."""


@dataclass(frozen=True)
class Result:
    stage: str
    fault: str
    ended: bool
    """Whether the disturbed run ended by itself."""
    same: bool
    """Whether the next run gives the bytes of an undisturbed one."""
    half_written: int
    """Output files that the disturbed run left under their names with other content."""
    steps: int | None
    """Training steps that the next run took again; None for other stages."""
    lock_cut: bool
    """Whether DVC was killed while it wrote dvc.lock."""
    problems: tuple[str, ...]
    """All that is wrong, in words; paths of outputs have no person's name in them."""


def draw(pairs: Sequence[Pair], points: int, rng: random.Random) -> list[Pair]:
    """All pairs in random order, again and again until there are `points`."""
    drawn: list[Pair] = []
    while len(drawn) < points:
        drawn += rng.sample(pairs, len(pairs))
    return drawn[:points]


def run_point(finished: Path, pair: Pair, seed: str) -> Result:
    """Run one point in a temporary folder."""
    stage, fault = pair
    with tempfile.TemporaryDirectory() as place:
        project = ChaosProject.prepare(finished, Path(place) / "project", stage)
        disturbed = FAULTS[fault](project, random.Random(seed))
        problems = list(disturbed.faults)
        half = project.half_written()
        if half:
            problems.append(f"half-written: {', '.join(half[:3])}")
        if "Traceback" in disturbed.output:
            problems.append("traceback: " + disturbed.output.strip().splitlines()[-1][:200])
        lock_cut = project.restore_lock()
        again = project.run(with_dvc="dvc" in fault)
        if again.returncode:
            problems.append(f"the next run fails: {again.stdout.strip()[-300:]}")
        differences = project.differences()
        if differences:
            problems.append(f"other bytes: {', '.join(differences[:3])}")
        if left := project.leftovers():
            problems.append(f"left behind: {', '.join(left[:3])}")
        steps = steps_again(disturbed.output, again.stdout) if stage == "finetune" else None
        same = not differences and not again.returncode
        return Result(
            stage, fault, disturbed.ended, same, len(half), steps, lock_cut, tuple(problems)
        )


def steps_again(before: str, after: str) -> int:
    """Steps that both runs of `finetune` took, from what they print after each step."""
    taken = before.count("'loss'")
    resumed = re.search(r"resuming from checkpoint-(\d+)(, trained)?", after)
    if resumed is None:
        return taken
    return 0 if resumed[2] else max(0, taken - int(resumed[1]))


def table(results: Iterable[Result], by: Callable[[Result], str], title: str) -> list[str]:
    """Markdown: a row for each group."""
    groups: dict[str, list[Result]] = {}
    for result in results:
        groups.setdefault(by(result), []).append(result)
    groups["all"] = [result for group in groups.values() for result in group]
    head = "points | not hit | same bytes | half-written | steps taken again | other problems"
    lines = [f"| {title} | {head} |", "|---" * 7 + "|"]
    for name, group in groups.items():
        steps = [result.steps for result in group if result.steps is not None]
        other = sum(bool(r.problems) and r.same and not r.half_written for r in group)
        cells = [
            len(group), sum(r.ended for r in group), sum(r.same for r in group),
            sum(bool(r.half_written) for r in group), f"{max(steps)} at most" if steps else "",
            other,
        ]  # fmt: skip
        lines.append(f"| {name} | {' | '.join(map(str, cells))} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos")
    parser.add_argument("--points", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    faults = [fault for fault in FAULTS if may_mount() or fault not in MOUNTED]
    if len(faults) < len(FAULTS):
        print("no mounts permitted here: left out " + ", ".join(MOUNTED), file=sys.stderr)
    with tempfile.TemporaryDirectory() as place:
        finished = make_project(Path(place) / "finished")
        repro(finished)
        pairs = list(product(read_stages(finished), faults))
        results = []
        drawn = draw(pairs, options.points, random.Random(options.seed))
        for number, pair in enumerate(drawn, 1):
            result = run_point(finished, pair, f"{options.seed} {number}")
            results.append(result)
            said = "; ".join(result.problems) or "as it should be"
            print(f"{number} {' | '.join(pair)}: {said}", file=sys.stderr, flush=True)
        shutil.rmtree(finished)
    print(*table(results, lambda result: result.fault, "fault"), "", sep="\n")
    print(*table(results, lambda result: result.stage, "stage"), "", sep="\n")
    cut = sum(result.lock_cut for result in results)
    print(f"dvc.lock or rwlock cut short by a kill of DVC, and restored before the next run: {cut}")
    if any(result.problems for result in results):
        sys.exit(1)


if __name__ == "__main__":
    main()
