"""Whisper's real vocabulary, with 80 and 128 mel bins: trained, converted and loaded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from faster_whisper import WhisperModel

from stages.common.dataset.split_storage import clips_of
from tests.support.dvc_project import repro, set_params, use_base
from tests.support.whisper_models import ALIGNMENT_HEADS, tiny_multilingual

pytestmark = pytest.mark.pipeline


@pytest.mark.parametrize(
    ("mels", "transcribe", "until"), [(80, 50359, "report"), (128, 50360, "ct2_convert")]
)
def test_from_training_to_faster_whisper(
    project: Path, mels: int, transcribe: int, until: str
) -> None:
    use_base(project, tiny_multilingual(project / "multilingual", mels))
    # Two segments rarely fit, so windows end within the second one.
    windows = {"window_seconds": 6.0, "partial_windows": 1.0}
    set_params(project, {"finetune": {"num_train_epochs": 1}, "build_dataset": windows})
    assert repro(project, until)[-1] == until

    clips = list(clips_of(project / "data" / "dataset" / "train"))
    plain, start = transcribe + 4, 50258
    kinds = set()
    for clip in clips:
        before, labels = clip.labels[: clip.prompt], clip.labels[clip.prompt :]
        # One start token, then language and task, and the end token once, at the end.
        assert labels[:3] == [start, 50259, transcribe]
        assert clip.labels.count(start) == 1
        assert clip.labels.index(50257) == len(clip.labels) - 1
        timed = labels[3] > plain
        assert timed != (labels[3] == plain)
        # A prompt: text tokens alone, after its own special token.
        assert not before or (before[0] == transcribe + 2 and max(before[1:]) < 50257)
        kinds |= {("prompt", bool(before)), ("times", timed), ("cut off", labels[-3] > plain)}
    assert len(kinds) == 6, "all kinds of labels occur"

    heads = json.loads((project / "models" / "ct2" / "config.json").read_text())["alignment_heads"]
    assert sorted(heads) == sorted(ALIGNMENT_HEADS)
    kept = (project / "models" / "finetuned" / "generation_config.json").read_bytes()
    assert kept == (project / "models" / "base" / "generation_config.json").read_bytes()

    model = WhisperModel(str(project / "models" / "ct2"), device="cpu", local_files_only=True)
    assert model.model.is_multilingual
    assert model.feature_extractor.mel_filters.shape[0] == mels
    assert model.hf_tokenizer.token_to_id("<|transcribe|>") == transcribe
