"""`make bench-real-speech`: Whisper tuned on real speech at `$ATTUNE_SHARED` (default ../shared).

Each base is tuned on `speech/reader` by the pipeline's own stages, with a profile's parameters, in
a folder under `.state/bench`, and scored on the reader's test split. Both models are also scored on
`speech/crowd` (other people's voices), and on clips without speech. `--score` only scores converted
models on the latter two. Settings are chosen by validation, never by these figures.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import yaml
from faster_whisper import WhisperModel

from bench.project import ROOT, Params, link, read_params, run_stage
from stages.common.asr.decoding import Decoding, decoding_of
from stages.common.asr.model import open_model
from stages.common.asr.windowed import transcribe_in_batches
from stages.common.audio.nonspeech import probe_clips
from stages.common.core.params import load_params
from stages.common.dataset.out_of_domain import HALVES, Half, read_out_of_domain_set
from stages.common.evaluation.forgetting import transcribe_out_of_domain
from stages.common.evaluation.hallucination_tests import count_hallucinations
from stages.common.evaluation.significance.wer_interval import wer_interval
from stages.common.text.wer import count_errors
from stages.fetch_base.whisper_files import folder_digest

SPEECH = Path(os.environ.get("ATTUNE_SHARED", ROOT.parent / "shared")).resolve() / "speech"
STAGES = (
    "fetch_base", "segment", "normalize", "build_dataset", "finetune", "ct2_convert", "baseline",
    "evaluate",
)  # fmt: skip
KEY = "bench: the split of public speech needs no secret\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "models", type=Path, nargs="+", help="base models; with --score, converted models"
    )
    parser.add_argument("--profile", default="tiny")
    parser.add_argument("--score", action="store_true")
    args = parser.parse_args()
    if args.score:
        print("| model | crowd: WER | words on 30 clips without speech |\n|---|---|---|")
        for model in args.models:
            crowd, words = score_elsewhere(model)
            print(f"| {model} | {crowd} | {words} |", flush=True)
        return
    print("| base | reader: base | tuned | crowd: base | tuned | non-speech: base | tuned |\n"
          "|---|---|---|---|---|---|---|")  # fmt: skip
    for base in args.models:
        folder = tune(base.resolve(), args.profile, f"reader-{base.name}", {})
        tests = [test_wer(folder, name) for name in ("baseline", "evaluate")]
        models = folder / "models/base-ct2", folder / "models/ct2"
        crowds, counts = zip(*map(score_elsewhere, models), strict=True)
        print(f"| {base.name} | {' | '.join(map(str, [*tests, *crowds, *counts]))} |", flush=True)


def tune(base: Path, profile: str, name: str, changed: Params) -> Path:
    """Run all stages on the reader's clips. Returns: the folder of their outputs.

    Args:
        name: of that folder; what it holds of an earlier run is deleted.
        changed: parameters, after those of the profile.
    """
    folder = ROOT / ".state/bench" / name
    shutil.rmtree(folder, ignore_errors=True)
    link(folder, "data/terms.txt")
    (folder / "data/key").write_text(KEY, encoding="utf-8")
    params = read_params()
    changes = yaml.safe_load((ROOT / f"attune/profiles/{profile}.yaml").read_text("utf-8"))
    own = {
        "base": {"model": str(base), "revision": folder_digest(base)},
        "data": {"sessions": str(SPEECH / "reader"), "key": "data/key"},
        "evaluate": {"guard": str(ROOT / "demo/guard")},
    }
    for source in (changes, own, changed):
        for section, values in source.items():
            params[section] |= values
    with (folder / "log").open("w", encoding="utf-8") as log:
        for stage in STAGES:
            run_stage(folder, stage, params, log, subprocess.STDOUT)
    return folder


def test_wer(folder: Path, name: str) -> str:
    metrics = json.loads((folder / f"metrics/{name}.json").read_text(encoding="utf-8"))
    return _shown(metrics["wer"], metrics["wer_ci_low"], metrics["wer_ci_high"])


def score_elsewhere(folder: Path) -> tuple[str, int]:
    """The converted model in `folder` on the crowd and on clips without speech."""
    params = load_params(ROOT / "params.yaml")
    model = open_model(folder, params.evaluate.device)
    decoding = decoding_of(params, model)
    return crowd_wer(model, decoding), words_on_nonspeech(model, decoding)


def crowd_wer(model: WhisperModel, decoding: Decoding, halves: Sequence[Half] = HALVES) -> str:
    """WER with its interval over recordings, each of a different speaker."""
    folder = SPEECH / "crowd"
    recordings = [
        each
        for half in halves
        for each in read_out_of_domain_set(folder, KEY.encode(), half, decoding.level_dbfs)
    ]
    hypotheses = transcribe_out_of_domain(model, recordings, decoding)
    counts = [
        count_errors(str(number), "", recording.text, hypothesis)
        for number, (recording, hypothesis) in enumerate(zip(recordings, hypotheses, strict=True))
    ]
    interval = wer_interval(counts)
    wer = sum(each.errors for each in counts) / sum(each.reference_words for each in counts)
    return _shown(wer, *((interval.low, interval.high) if interval else (None, None)))


def words_on_nonspeech(model: WhisperModel, decoding: Decoding) -> int:
    texts = transcribe_in_batches(model, probe_clips(0), lambda clip: clip.samples, decoding)
    return int(count_hallucinations([text for _, text in texts], "en")["hallucinated_words"])


def _shown(wer: float, low: float | None, high: float | None) -> str:
    return f"{wer:.1%}" + (f" ({low:.1%} to {high:.1%})" if low is not None else "")


if __name__ == "__main__":
    main()
