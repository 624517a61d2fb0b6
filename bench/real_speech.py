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
import sys
from pathlib import Path
from typing import Any

import yaml

from stages.common.asr.model import open_model
from stages.common.asr.windowed import transcribe_in_batches
from stages.common.audio.nonspeech import probe_clips
from stages.common.core.params import load_params
from stages.common.dataset.out_of_domain import HALVES, read_out_of_domain_set
from stages.common.evaluation.forgetting import transcribe_out_of_domain
from stages.common.evaluation.hallucination_tests import count_hallucinations
from stages.common.evaluation.significance.wer_interval import wer_interval
from stages.common.text.wer import count_errors, score
from stages.fetch_base.whisper_files import folder_digest

ROOT = Path(__file__).parents[1]
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
            print(f"| {model} | {crowd_wer(model)} | {words_on_nonspeech(model)} |", flush=True)
        return
    print("| base | reader: base | tuned | crowd: base | tuned | non-speech: base | tuned |\n"
          "|---|---|---|---|---|---|---|")  # fmt: skip
    for base in args.models:
        folder = tune(base.resolve(), args.profile)
        converted = folder / "models/base-ct2", folder / "models/ct2"
        tests = [test_wer(folder, name) for name in ("baseline", "evaluate")]
        others = [f(model) for f in (crowd_wer, words_on_nonspeech) for model in converted]
        print(f"| {base.name} | {' | '.join(map(str, [*tests, *others]))} |", flush=True)


def tune(base: Path, profile: str) -> Path:
    """Run all stages on the reader's clips. Returns: the folder of their outputs."""
    folder = ROOT / ".state/bench" / f"reader-{base.name}"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "data").mkdir(parents=True)
    (folder / "data/terms.txt").symlink_to(ROOT / "data/terms.txt")
    (folder / "data/key").write_text(KEY, encoding="utf-8")
    params: dict[str, Any] = yaml.safe_load((ROOT / "params.yaml").read_text("utf-8"))
    changes = yaml.safe_load((ROOT / f"attune/profiles/{profile}.yaml").read_text("utf-8"))
    own = {
        "base": {"model": str(base), "revision": folder_digest(base)},
        "data": {"sessions": str(SPEECH / "reader"), "key": "data/key"},
        "evaluate": {"guard": str(ROOT / "demo/guard")},
    }
    for source in (changes, own):
        for section, values in source.items():
            params[section] |= values
    (folder / "params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")
    for stage in STAGES:
        with (folder / "log").open("a", encoding="utf-8") as log:
            subprocess.run(
                [sys.executable, "-m", f"stages.{stage}"], cwd=folder, check=True, stdout=log,
                stderr=log, env=os.environ | {"PYTHONPATH": str(ROOT)},
            )  # fmt: skip
    return folder


def test_wer(folder: Path, name: str) -> str:
    metrics = json.loads((folder / f"metrics/{name}.json").read_text(encoding="utf-8"))
    return _shown(metrics["wer"], metrics["wer_ci_low"], metrics["wer_ci_high"])


def crowd_wer(model: Path) -> str:
    """WER with its interval over recordings, each of a different speaker."""
    evaluate = load_params(ROOT / "params.yaml").evaluate
    folder = SPEECH / "crowd"
    recordings = [
        each for half in HALVES for each in read_out_of_domain_set(folder, KEY.encode(), half)
    ]
    opened = open_model(model, evaluate.device)
    hypotheses = transcribe_out_of_domain(opened, recordings, "en", evaluate)
    references = [recording.text for recording in recordings]
    counts = [
        count_errors(str(number), str(number), reference, hypothesis)
        for number, (reference, hypothesis) in enumerate(zip(references, hypotheses, strict=True))
    ]
    interval = wer_interval(counts)
    wer = score(references, hypotheses).wer
    return _shown(wer, *((interval.low, interval.high) if interval else (None, None)))


def words_on_nonspeech(model: Path) -> int:
    evaluate = load_params(ROOT / "params.yaml").evaluate
    opened = open_model(model, evaluate.device)
    texts = transcribe_in_batches(
        opened, probe_clips(0), lambda clip: clip.samples, "en", evaluate.beam_size
    )
    return int(count_hallucinations([text for _, text in texts])["hallucinated_words"])


def _shown(wer: float, low: float | None, high: float | None) -> str:
    return f"{wer:.1%}" + (f" ({low:.1%} to {high:.1%})" if low is not None else "")


if __name__ == "__main__":
    main()
