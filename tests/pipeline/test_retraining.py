"""The steps of docs/retraining.md with the real dvc, from new sessions to the service."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import openai
import pytest
import soundfile
import torch
from safetensors.torch import load_file

from attune.speak.espeak import SAMPLE_RATE, Voice, speak
from stages.build_dataset.split_assignment import split_of
from stages.common.asr.decoding import decoding_of
from stages.common.asr.long_form import text_of, transcribe_long_form
from stages.common.asr.model import open_model
from stages.common.core.files import read_rows
from stages.common.core.ids import recording_id
from stages.common.core.params import load_params
from stages.common.dataset.full_recordings import read_recordings, samples_of
from stages.common.dataset.model_card import CARD, TrainingData, corpora_of, model_card
from stages.common.dataset.split_storage import clips_of
from stages.fetch_base.whisper_files import folder_digest
from tests.support.dvc_project import CLIENTS, COUNTS, KEY, git, metrics, repro, run, set_params
from tests.support.service import Service, served

pytestmark = pytest.mark.pipeline
NEW = {
    "poplar_intake": (
        "My brother called again on {0} evenings this month",
        "What did you say to him when he called?",
        "I told him that {0} visits a year are enough for me",
        "You drew a line there, and he heard it.",
    ),
    "rowan_intake": (
        "The garden took {0} hours, and I did not worry once",
        "Which part of the garden do you like best?",
        "The beans, since there are {0} rows of them",
        "Then keep one morning for the beans next week.",
    ),
}
"""New clients whose lines occur in no other session: training drops text that other splits have."""
SPLITS = ("train", "validation", "test")


def attune(project: Path, *arguments: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
    return run(project, sys.executable, "-m", "attune", *arguments, ok=ok)


def write_plain_session(sessions: Path, client: str, pitch: int) -> None:
    """A session of over 30 s without times in its transcript, so that `segment` aligns it."""
    parts, turns = [], []
    for index, line in enumerate(4 * NEW[client]):
        text = line.format(COUNTS[(index + pitch) % len(COUNTS)])
        parts += [speak(text, Voice("en-us+m3", pitch=pitch)), np.zeros(SAMPLE_RATE // 2)]
        turns.append(f"{('Therapist', 'Client')[index % 2]}: {text.capitalize()}.")
    audio = sessions / f"audio/{client}.flac"
    soundfile.write(audio, np.concatenate(parts), SAMPLE_RATE, subtype="PCM_16")
    (sessions / f"transcripts/{client}.txt").write_text("\n".join(turns), encoding="utf-8")


def recordings_by_split(project: Path) -> dict[str, set[str]]:
    folder = project / "data/dataset"
    return {split: {clip.recording for clip in clips_of(folder / split)} for split in SPLITS}


def deploy(model: Path, production: Path, name: str) -> None:
    """`cp -r models/ct2 /srv/NAME && ln -sfn NAME /srv/whisper`."""
    shutil.copytree(model, production.parent / name)
    subprocess.run(["ln", "-sfn", name, str(production)], check=True)


def answer(service: Service, recording: Path) -> str:
    client = openai.OpenAI(api_key="none", base_url=f"{service.url}/v1", max_retries=0)
    with recording.open("rb") as file:
        return client.audio.transcriptions.create(model="whisper", file=file).text


def decoded(project: Path, model: Path, recording: str) -> str:
    params = load_params(project / "params.yaml")
    opened = open_model(model, "cpu")
    samples = samples_of(project / "data/dataset/test_recordings", recording)
    return text_of(transcribe_long_form(opened, samples, decoding_of(params, opened)))


def test_a_quarter(project: Path, tmp_path: Path, tiny_en: Path) -> None:
    """Whisper tiny.en is in production; the small test model tuned here has a higher WER."""
    production = tmp_path / "srv/whisper"
    production.parent.mkdir()
    deploy(tiny_en, production, "whisper-2026-q4")
    before, test_set = recordings_by_split(project), metrics(project, "evaluate")["test_set"]
    run(project, "dvc", "remote", "add", "-q", "-d", "backup", str(tmp_path / "backup"))
    params = project / "params.yaml"
    with served(tmp_path / "service", production, params=params) as service:
        git(project, "switch", "-qc", "2027-q1")
        for number, client in enumerate(NEW):
            write_plain_session(project / "data/sessions", client, 40 + 30 * number)
        shutil.copytree(production, project / "models/aligner")
        set_params(project, {"segment": {"aligner": "models/aligner"}})
        told = attune(project, "doctor").stdout
        assert "12 recordings with a transcript" in " ".join(told.split())
        ran = repro(project)
        assert ran[0] == "segment" and ran[-1] == "report" and "fetch_base" not in ran

        after = recordings_by_split(project)
        ids = {recording_id(KEY.encode(), client) for client in NEW}
        for split in SPLITS:
            added = {name for name in ids if split_of(KEY.encode(), name, 0.25, 0.25) == split}
            assert after[split] == before[split] | added, split
        new = [
            row
            for row in read_rows(project / "data/segments/segments.jsonl")
            if row["recording"] in ids
        ]
        assert {row["recording"] for row in new} == ids
        assert all(row["score"] > 0.5 for row in new), "production's model aligned them"
        assert metrics(project, "baseline")["test_set"] == metrics(project, "evaluate")["test_set"]
        grown = any(split_of(KEY.encode(), name, 0.25, 0.25) == "test" for name in ids)
        assert (metrics(project, "evaluate")["test_set"] != test_set) == grown

        counts = [".state/production.csv", ".state/tuned.csv"]
        for model, file in zip((str(production), "models/ct2"), counts, strict=True):
            scored = attune(project, "score", model, "--counts", file).stdout
        wer = metrics(project, "evaluate")["wer_long_form"]
        assert f"WER         {wer:.2%}" in scored and "difference +0.00 points" in scored
        verdict = attune(project, "compare", "--counts", *counts, ok=False)
        assert verdict.returncode == 1 and "**Worse**" in verdict.stdout
        refused = attune(project, "release-check", ok=False)
        gates = refused.stdout + refused.stderr
        assert (refused.returncode == 0) == ("FAIL" not in gates.upper()), gates

        run(project, "dvc", "add", "-q", "data/sessions", "models/aligner")
        git(project, "add", "params.yaml", "dvc.lock", "metrics", "data", "models")
        git(project, "commit", "-qm", "First quarter of 2027")
        run(project, "dvc", "push", "-q")
        assert run(project, "git", "status", "--short", "--", "data", "models").stdout == ""

        (some, *_) = sorted(read_recordings(project / "data/dataset/test_recordings"))
        audio = project / f"data/dataset/test_recordings/audio/{some}.flac"
        assert answer(service, audio) == decoded(project, tiny_en, some)
        deploy(project / "models/ct2", production, "whisper-2027-q1")
        curl = ["curl", "-s", "--fail-with-body", "-X", "POST", f"{service.url}/admin/reload"]
        reloaded = subprocess.run(curl, capture_output=True, text=True, check=True)
        assert json.loads(reloaded.stdout) == {"status": "reloaded"}
        assert answer(service, audio) == decoded(project, project / "models/ct2", some)
        # And back.
        subprocess.run(["ln", "-sfn", "whisper-2026-q4", str(production)], check=True)
        subprocess.run(curl, capture_output=True, check=True)
        assert answer(service, audio) == decoded(project, tiny_en, some)


def test_training_continues_from_the_last_tuned_model(project: Path) -> None:
    """With a learning rate near 0 the weights stay those from which training starts. The card
    states the corpora of both trainings."""
    assert corpora_of(project / "models/ct2") == []
    last = project / "models/last"
    shutil.copytree(project / "models/finetuned", last)
    data = TrainingData(1, 1, 1.0, {"primock57": 1})
    (last / CARD).write_text(model_card("transformers", "en", data=data))
    key = KEY.encode()
    learned = next(c for c in CLIENTS if split_of(key, recording_id(key, c), 0.25, 0.25) == "train")
    rows = f"recording,client,use,corpus\n{learned},,train,daic-woz\n"
    (project / "data/sessions/sessions.csv").write_text(rows)
    set_params(
        project,
        {
            "base": {"model": "models/last", "revision": folder_digest(last)},
            "finetune": {"learning_rate": 1e-12, "average_with_base": 1},
        },
    )
    ran = repro(project, "finetune")
    assert ran[0] == "fetch_base" and ran[-1] == "finetune" and "build_dataset" in ran
    weights = [
        load_file(each / "model.safetensors") for each in (last, project / "models/finetuned")
    ]
    assert weights[0].keys() == weights[1].keys()
    for name, weight in weights[0].items():
        assert torch.allclose(weight, weights[1][name], atol=1e-7), name
    assert corpora_of(project / "models/finetuned") == ["daic-woz", "primock57"]
    assert metrics(project, "dataset")["corpora"] == {"daic-woz": 1}
