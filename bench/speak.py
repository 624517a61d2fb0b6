"""`make bench-speak`: what `attune speak --terms` gives, on the demo and on real speech.

Needs the outputs of `make demo` and real speech at `$ATTUNE_SHARED` (default ../shared). Copies the
demo's sessions, adds the spoken ones, and tunes the base with and without them, and without them
for as many steps. Each model is scored on the demo's test split and on `speech/crowd`. The terms
are chosen on the training and validation splits; nothing is chosen by these figures. After an
interruption, a call resumes from `.state/bench/speak`; delete it to start over.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from bench.project import ROOT, Params, link, read_params, run_stage
from bench.real_speech import crowd_wer, words_on_nonspeech
from stages.common.asr.decoding import decoding_of
from stages.common.asr.model import open_model
from stages.common.asr.windowed import transcribe_clips
from stages.common.core.params import load_params
from stages.common.dataset.split_storage import clips_of
from stages.common.evaluation.clip_scores import ClipScore, score_clip
from stages.common.evaluation.entities.vocabulary import read_terms
from stages.common.evaluation.significance.arrays import by_recording
from stages.common.evaluation.significance.share_interval import share_interval
from stages.common.evaluation.significance.wer_interval import wer_interval
from stages.common.text.term_list import TERMS

WORK = ROOT / ".state/bench/speak"
WITH, WITHOUT, LONGER = "with", "without", "without, as many steps"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, nargs="+", default=[42, 43])
    args = parser.parse_args()
    spoken = add_spoken_sessions()
    windows = {True: clips(spoken), False: clips(ROOT)}
    params = read_params()
    epochs, demo_seed = params["finetune"]["num_train_epochs"], params["finetune"]["seed"]
    print("| spoken sessions | seed | steps | test: WER | terms found | crowd: WER | non-speech |\n"
          "|---|---|---|---|---|---|---|")  # fmt: skip
    order = [(name, seed) for seed in args.seeds for name in (WITHOUT, WITH)]
    for name, seed in [*order, *((LONGER, seed) for seed in args.seeds)]:
        longer = windows[True] / windows[False] if name == LONGER else 1
        params["finetune"] |= {"seed": seed, "num_train_epochs": epochs * longer}
        folder = ROOT
        if (name, seed) != (WITHOUT, demo_seed):  # that is the demo's own model
            folder = tune(f"{name}-{seed}", spoken if name == WITH else ROOT, params)
        print(f"| {name} | {seed} | {' | '.join(map(str, score(folder)))} |", flush=True)


def add_spoken_sessions() -> Path:
    """The folder with the dataset of the demo's and the spoken sessions."""
    folder, chooser = WORK / "dataset", WORK / "terms"
    if not (folder / "metrics/dataset.json").exists():
        shutil.rmtree(WORK, ignore_errors=True)
        _make_dataset(folder, chooser)
    before, after = (
        (place / "data/dataset/test_set").read_text(encoding="utf-8") for place in (ROOT, folder)
    )
    if before != after:
        raise RuntimeError("the test split differs: run `make demo` first")
    metrics = json.loads((folder / "metrics/dataset.json").read_text(encoding="utf-8"))
    print({name: value for name, value in metrics.items() if name.startswith("train_only")})
    return folder


def _make_dataset(folder: Path, chooser: Path) -> None:
    """`attune speak --terms` in `chooser`, then the stages up to the dataset in `folder`."""
    link(folder, "data/terms.txt", "models/base", "models/base-ct2", "demo")
    link(chooser, "data/terms.txt", "data/dataset", "models/ct2", "demo")
    sessions = folder / "data/sessions"
    shutil.copytree(ROOT / "demo/sessions", sessions)
    params = read_params()
    params["data"]["sessions"] = str(sessions)
    run_command(chooser, params, "speak", "--terms")
    with (folder / "log").open("w", encoding="utf-8") as log:
        for stage in ("segment", "normalize", "build_dataset"):
            run_stage(folder, stage, params, log, subprocess.STDOUT)


def run_command(folder: Path, params: Params, *words: str) -> None:
    """Run `attune` in `folder` with `params`."""
    (folder / "params.yaml").write_text(json.dumps(params), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "attune", *words], cwd=folder, check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def clips(project: Path) -> int:
    metrics = json.loads((project / "metrics/dataset.json").read_text(encoding="utf-8"))
    return int(metrics["train"]["clips"])


def tune(name: str, project: Path, params: Params) -> Path:
    """Tune the base on the dataset of `project`. Returns: the folder of the outputs."""
    folder = WORK / name.replace(" ", "-").replace(",", "")
    if (folder / "metrics/convert.json").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    link(folder, "data/terms.txt", "models/base", "demo")
    (folder / "data/dataset").symlink_to(project / "data/dataset")
    with (folder / "log").open("w", encoding="utf-8") as log:
        for stage in ("finetune", "ct2_convert"):
            run_stage(folder, stage, params, log, subprocess.STDOUT)
    return folder


def score(folder: Path) -> list[str | int]:
    """Cells of a row, with 95 % intervals over recordings: steps, WER and terms of the test split,
    WER on the crowd, words on clips without speech."""
    params = load_params(ROOT / "params.yaml")
    terms = read_terms(ROOT / TERMS, params.build_dataset.language)
    model = open_model(folder / "models/ct2", params.evaluate.device)
    decoding = decoding_of(params, model)
    scores = [
        score_clip(clip, text, {}, terms, decoding.language)
        for clip, text in transcribe_clips(model, clips_of(ROOT / "data/dataset/test"), decoding)
    ]
    metrics = json.loads((folder / "metrics/finetune.json").read_text(encoding="utf-8"))
    return [
        int(metrics["steps"]), _wer(scores), _terms(scores), crowd_wer(model, decoding),
        words_on_nonspeech(model, decoding),
    ]  # fmt: skip


def _wer(scores: list[ClipScore]) -> str:
    interval = wer_interval([each.counts for each in scores])
    wer = sum(each.errors for each in scores) / sum(each.reference_words for each in scores)
    return f"{wer:.1%}" + (f" ({interval.low:.1%} to {interval.high:.1%})" if interval else "")


def _terms(scores: list[ClipScore]) -> str:
    counts = [each.entities.terms for each in scores]
    found, of = by_recording(
        (each.recording, (c.matched, c.reference)) for each, c in zip(scores, counts, strict=True)
    )
    interval = share_interval(found, of)
    limits = f" ({interval.low:.0%} to {interval.high:.0%})" if interval else ""
    invented = sum(count.invented for count in counts)
    return f"{int(found.sum())} of {int(of.sum())}{limits}, {invented} invented"


if __name__ == "__main__":
    main()
