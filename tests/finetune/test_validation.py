"""Validation metrics: the report's WER, further metrics by name, nothing on the network or disk."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from stages.common.dataset.labels import load_labeller
from stages.common.text.wer import score
from stages.finetune.validation import compute_metrics
from tests.support.tuning import curve, make_tuning, run_finetune, set_finetune
from tests.support.whisper_models import SENTENCES, tiny_english

OTHER_METRIC = '''
import datasets
import evaluate


class Characters(evaluate.Metric):
    """Mean length of the hypotheses."""

    def _info(self):
        text = datasets.Value("string")
        features = datasets.Features({"predictions": text, "references": text})
        return evaluate.MetricInfo(description=self.__doc__, citation="", features=features)

    def _compute(self, predictions, references):
        return {"characters": sum(map(len, predictions)) / len(predictions)}
'''
# Adds the metric above, and ends the stage at the first address that it looks up or connects to.
RUN = """
import runpy, sys
def no_network(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto"):
        raise SystemExit(f"{event} {arguments[1:]}")
sys.addaudithook(no_network)
from pathlib import Path
from stages.finetune import validation
validation.METRICS = ("wer", "characters")
validation._MODULES = Path("modules")
runpy.run_module("stages.finetune", run_name="__main__", alter_sys=True)
"""


def test_the_wer_is_the_reports(tmp_path: Path) -> None:
    labeller = load_labeller(tiny_english(tmp_path / "base"), "en")
    references = ["I slept badly, and I'm tired.", *SENTENCES[:2]]
    hypotheses = ["i slept badly and i am tied", SENTENCES[0], "i slept"]

    def rows(texts: list[str]) -> np.ndarray:
        ids = [labeller([(0.0, 1.0, text)], timed=False) for text in [*texts, "silence"]]
        padded = np.full((len(ids), max(map(len, ids)) + 3), -100)
        for row, tokens in zip(padded, ids, strict=True):
            row[: len(tokens)] = tokens
        return padded

    prediction: Any = SimpleNamespace(predictions=rows(hypotheses), label_ids=rows(references))
    expected = score(references, hypotheses).wer
    assert 0 < expected < 1
    metrics = compute_metrics(prediction, labeller, windows=3, longest=100)
    assert metrics == {"wer": pytest.approx(expected), "cut_hypotheses": 0}


def test_cut_hypotheses_are_counted(tmp_path: Path) -> None:
    labeller = load_labeller(tiny_english(tmp_path / "base"), "en")
    words = labeller.tokenizer.encode(" i slept badly", add_special_tokens=False).ids
    most = len(words)
    rows = np.full((4, most + 2), -100)
    # Cut, ended one token before, empty, and cut in a row past the last window.
    for row, tokens in zip(rows, (words, words[:-1], [], words), strict=True):
        row[: len(tokens)] = tokens
    references = np.array([words] * 4)
    prediction: Any = SimpleNamespace(predictions=rows, label_ids=references)
    assert compute_metrics(prediction, labeller, 3, longest=most)["cut_hypotheses"] == 1


def test_a_metric_is_added_by_its_name_and_nothing_leaves_the_folder(tmp_path: Path) -> None:
    folder = make_tuning(tmp_path, train=12, validation=4)
    (folder / "modules").mkdir()
    (folder / "modules" / "characters.py").write_text(OTHER_METRIC, encoding="utf-8")
    wer = Path("stages/finetune/metrics/wer.py").read_text(encoding="utf-8")
    (folder / "modules" / "wer.py").write_text(wer, encoding="utf-8")
    set_finetune(folder)
    run_finetune(folder, "-c", RUN)
    last = curve(folder)[-1]
    assert last["validation_wer"] >= 0 and last["validation_characters"] >= 0
    assert not [path for path in (folder / "home").rglob("*") if path.is_file()]
    stored = [path for path in (folder / ".state" / "evaluate").rglob("*") if path.is_file()]
    assert [path for path in stored if path.name == "characters.py"]
    # Transcripts are in the dataset alone: no file that `evaluate` wrote has a word of one.
    assert not [path for path in stored if b"badly" in path.read_bytes()]
