"""Write two pages about the run: `reports/report.html`, metrics alone, which may be shown to people
who may not read a session, and `reports/private/errors.html`, with transcripts and audio.

Reads `metrics`, `params.yaml`, both models' clip scores (`data/hypotheses`) and the test split;
it counts nothing itself.
"""

from __future__ import annotations

from pathlib import Path

from stages.common.core.errors import UserError
from stages.common.core.files import new_folder, write_text
from stages.common.core.run_stage import run_stage
from stages.common.dataset.split_storage import load_split
from stages.common.evaluation.clip_scores import read_scores
from stages.common.evaluation.comparison.revisions import working_tree
from stages.common.evaluation.harm import by_harm
from stages.report.error_browser import render_error_browser
from stages.report.run_metrics import missing_files, read_run
from stages.report.sections import render_report

REPORT, PRIVATE = Path("reports/report.html"), Path("reports/private")
BASE, TUNED = Path("data/hypotheses/baseline.jsonl"), Path("data/hypotheses/evaluate.jsonl")
TEST = Path("data/dataset/test")


def main() -> None:
    source = working_tree()
    inputs = (BASE, TUNED, TEST)
    missing = missing_files(source) + [str(path) for path in inputs if not path.exists()]
    if missing:
        raise UserError("\n".join(f"{path}: missing; run `dvc repro`" for path in missing))
    run = read_run(source)
    scores = list(read_scores(TUNED))
    clips = by_harm(read_scores(BASE), scores)
    split = load_split(TEST)
    positions = {name: position for position, name in enumerate(split["id"])}
    try:
        page = render_report(run)
    except (KeyError, TypeError):  # a metric is missing, or null
        raise UserError(
            "the metrics are not of this revision's form: run `dvc repro`, which writes them anew"
        ) from None
    write_text(REPORT, page)
    with new_folder(PRIVATE) as folder:
        language = run.tuned.params["build_dataset.language"]
        page = render_error_browser(
            clips, len(scores), lambda id: split[positions[id]]["audio"], language
        )
        write_text(folder / "errors.html", page)
    print(
        f"report: {REPORT} has metrics only; {PRIVATE}/errors.html has transcripts and audio, keep "
        "it private"
    )


if __name__ == "__main__":
    run_stage("report", main)
