"""Two pages about the run: `reports/report.html`, for whoever may not see a word of a session, and
`reports/private/errors.html`, with transcripts and audio, for whoever may.

Reads `metrics`, `params.yaml`, both models' clip scores (`data/hypotheses`) and the test split. Counts
nothing again.
"""

from __future__ import annotations

from pathlib import Path

from stages.common.core.errors import UserError, run_stage
from stages.common.core.files import new_folder, write_text
from stages.common.dataset.split import load_split
from stages.common.evaluation.clip_scores import read_scores
from stages.common.evaluation.comparison.revisions import working_tree
from stages.common.evaluation.harm import by_harm
from stages.report.browser import browser
from stages.report.numbers import lacking, read_numbers
from stages.report.page import page

REPORT, PRIVATE = Path("reports/report.html"), Path("reports/private")
BASE, TUNED = Path("data/hypotheses/baseline.jsonl"), Path("data/hypotheses/evaluate.jsonl")
TEST = Path("data/dataset/test")


def main() -> None:
    source = working_tree()
    others = (BASE, TUNED, TEST)
    missing = lacking(source) + [str(path) for path in others if not path.exists()]
    if missing:
        raise UserError("\n".join(f"{path}: not there yet; run `dvc repro`" for path in missing))
    numbers = read_numbers(source)
    scores = list(read_scores(TUNED))
    found = by_harm(read_scores(BASE), scores)
    side = load_split(TEST)
    places = {name: place for place, name in enumerate(side["id"])}
    write_text(REPORT, page(numbers))
    with new_folder(PRIVATE) as folder:
        html = browser(found, len(scores), lambda name: side[places[name]]["audio"])
        write_text(folder / "errors.html", html)
    print(
        f"report: {REPORT} holds no text; {PRIVATE}/errors.html holds transcripts and audio, keep "
        "it private"
    )


if __name__ == "__main__":
    run_stage("report", main)
