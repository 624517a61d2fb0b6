"""`attune doctor`: gather the facts, judge them, print the facts as JSON or the judgements."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from tabulate import tabulate

from attune.doctor.base import read_base
from attune.doctor.corpus import gather_corpus
from attune.doctor.estimates import first_minutes, measure, minutes_of
from attune.doctor.facts import Facts, Setup
from attune.doctor.judge import judge
from attune.doctor.machine import gather_machine
from stages.common.core.ids import check_key_is_secret, read_key
from stages.common.core.params import Params, load_params
from stages.segment.sessions import read_sessions


def doctor(as_json: bool) -> bool:
    """Returns: False if something will fail.

    Raises: UserError where `segment` would, for the sessions folder and the key.
    """
    params = load_params()
    facts = gather(params)
    if as_json:
        print(json.dumps(facts.to_json(), indent=2))
    judgements = judge(facts)
    if not as_json:
        rows = [(each.level, each.subject, each.text) for each in judgements]
        print(tabulate(rows, tablefmt="plain", maxcolwidths=[None, None, 80]))
    return all(each.level != "will fail" for each in judgements)


def gather(params: Params) -> Facts:
    """Raises: UserError for a missing or public key, and for a folder with another layout."""
    key = read_key(Path(params.data.key))
    check_key_is_secret(key, Path(params.data.sessions))
    sessions = read_sessions(Path(params.data.sessions), key)
    corpus, tuned = gather_corpus(params, key, sessions), params.finetune
    base = read_base(params)
    setup = Setup(
        weights=base.weights if base else None,
        method=tuned.method,
        freeze_encoder=tuned.freeze_encoder,
        scoring_device=params.evaluate.device,
        base_damaged=base is not None and base.weights is None,
    )
    facts = Facts(gather_machine(), corpus, setup)
    # Where something will fail, measuring would fail too, or take all memory.
    if base is None or any(each.level == "will fail" for each in judge(facts)):
        return facts
    samples = first_minutes(source.audio for source in sessions.sources)
    if not len(samples):
        return facts
    return replace(facts, minutes=minutes_of(measure(samples, params), corpus, params))
