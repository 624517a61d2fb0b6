"""`attune doctor`: gather the facts, judge them, print one or the other."""

from __future__ import annotations

import json
import math
from pathlib import Path

from safetensors import safe_open
from tabulate import tabulate

from attune.doctor.corpus import gather_corpus
from attune.doctor.estimates import BASE, CONVERTED, measure, minutes_of
from attune.doctor.facts import Record, Setup
from attune.doctor.judge import judge
from attune.doctor.machine import gather_machine
from stages.common.core.ids import read_key
from stages.common.core.params import Params, load_params
from stages.segment.sessions import read_sessions


def doctor(as_json: bool) -> bool:
    """Returns: False if something will fail.

    Raises: UserError where `segment` would, for the sessions folder and the key.
    """
    params = load_params()
    record = gather(params)
    if as_json:
        print(json.dumps(record.to_json(), indent=2))
    judgements = judge(record)
    if not as_json:
        rows = [(each.level, each.subject, each.text) for each in judgements]
        print(tabulate(rows, tablefmt="plain", maxcolwidths=[None, None, 80]))
    return all(each.level != "will fail" for each in judgements)


def gather(params: Params) -> Record:
    corpus, tuned = gather_corpus(params), params.finetune
    files = sorted(BASE.glob("model*.safetensors"))
    fetched = bool(files) and CONVERTED.is_dir()
    setup = Setup(
        weights=sum(map(count_weights, files)) if fetched else None,
        method=tuned.method,
        freeze_encoder=tuned.freeze_encoder,
        scoring_device=params.evaluate.device,
    )
    minutes: dict[str, float] = {}
    if fetched and corpus.recordings:
        key = read_key(Path(params.data.key))
        source = read_sessions(Path(params.data.sessions), key).sources[0]
        minutes = minutes_of(measure(source.audio, params), corpus, params)
    return Record(gather_machine(), corpus, setup, minutes)


def count_weights(file: Path) -> int:
    """Number of weights in a file of safetensors, whatever their type."""
    with safe_open(file, "numpy") as tensors:
        names = tensors.keys()
        return sum(math.prod(tensors.get_slice(name).get_shape()) for name in names)
