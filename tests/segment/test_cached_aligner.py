"""No recording is transcribed twice, and nothing is kept of a recording that is gone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from stages.segment.alignment import cached_aligner
from stages.segment.alignment.cached_aligner import CachedAligner
from tests.support.long_recording import LINES, LongRecording
from tests.support.mini_project import SEGMENT, MiniProject


@pytest.fixture
def mini(mini: MiniProject, long_recording: LongRecording, aligner: Path) -> MiniProject:
    mini.add_long_recording(long_recording.samples, aligner)
    mini.transcript("long.txt", "\n".join(f"{role}: {text}" for role, text in LINES))
    mini.valid()
    return mini


def cached(mini: MiniProject) -> Path:
    (path,) = (mini.root / ".state" / "aligner").iterdir()
    return path


def state_of(path: Path) -> tuple[int, int]:
    """Differs once the file has been written again."""
    stat = path.stat()
    return stat.st_ino, stat.st_mtime_ns


def test_another_transcript_or_threshold_transcribes_nothing(
    mini: MiniProject, aligner: Path
) -> None:
    mini.segment()
    made = state_of(cached(mini))
    mini.transcript("long.txt", "\n".join(text for _, text in LINES[2:]))
    strict = SEGMENT | {"aligner": str(aligner), "min_score": 0.99, "pad_seconds": 0.1}
    mini.params(segment=strict)
    result = mini.segment()
    assert state_of(cached(mini)) == made
    assert result.metrics["dropped_cues"]["score_low"] > 0
    cached(mini).unlink()
    assert mini.segment() == result


def test_other_sound_or_another_window_is_transcribed(
    mini: MiniProject, long_recording: LongRecording, aligner: Path
) -> None:
    mini.segment()
    first = cached(mini).read_bytes()
    mini.params(segment=SEGMENT | {"aligner": str(aligner), "window_seconds": 9.0})
    mini.segment()
    second = cached(mini).read_bytes()
    mini.audio("long.wav", long_recording.samples * 0.5)
    mini.segment()
    assert len({first, second, cached(mini).read_bytes()}) == 3


def test_cached_words_give_the_same_hypotheses(
    long_recording: LongRecording, aligner: Path, tmp_path: Path
) -> None:
    """Float for float, as scores and metrics follow from them."""
    cache = CachedAligner(aligner, "digest", "en", 9.0, 0.5, tmp_path)
    decoded = cache.transcribe("r1", long_recording.samples)
    made = state_of(tmp_path / "r1.json")
    assert cache.transcribe("r1", long_recording.samples) == decoded and len(decoded) > 5
    assert state_of(tmp_path / "r1.json") == made
    rows = json.loads((tmp_path / "r1.json").read_text(encoding="utf-8"))["hypotheses"]
    parts = [part for row in rows for part in row["parts"]]
    assert sum(len(part["text"].split()) == 1 for part in parts) > 40
    for part in parts:
        assert 0 <= part["start"] <= part["end"] <= len(long_recording.samples) / 16_000 + 0.5
        assert 0 < part["probability"] <= 1


def test_parts_of_a_recording(aligner: Path, long_recording: LongRecording, tmp_path: Path) -> None:
    """They are transcribed alone, and taken from the whole where that is there."""
    cache = CachedAligner(aligner, "digest", "en", 9.0, 0.5, tmp_path)
    blocks = [(0.0, 10.0), (30.0, 40.0)]
    parts = cache.transcribe("r1", long_recording.samples, blocks)
    assert all(part.start < 10 or (part.end > 30 and part.start < 40) for part in parts)
    assert [path.name for path in tmp_path.iterdir()] == ["r1-blocks.json"]
    made = state_of(tmp_path / "r1-blocks.json")
    assert cache.transcribe("r1", long_recording.samples, blocks) == parts
    assert state_of(tmp_path / "r1-blocks.json") == made
    whole = cache.transcribe("r1", long_recording.samples)
    taken = cache.transcribe("r1", long_recording.samples, blocks)
    assert [(part.start, part.end) for part in taken] == [(part.start, part.end) for part in parts]
    assert set(taken) < set(whole)
    cache.delete_all_but(["r2"])
    assert not list(tmp_path.iterdir())


def test_every_setting_is_part_of_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = np.zeros(16_000, np.float32)
    cache = CachedAligner(tmp_path, "digest", "en", 5.0, 0.5, tmp_path)
    keys = [cache.key(samples), cache.key(samples[1:])]
    keys += [
        replace(cache, **change).key(samples)  # type: ignore[arg-type]
        for change in (
            {"model_digest": "other"},
            {"language": "de"},
            {"window_seconds": 6.0},
            {"vad_threshold": 0.4},
        )
    ]
    assert (
        replace(cache, model=tmp_path / "moved", cache=tmp_path / "moved").key(samples) == keys[0]
    )
    monkeypatch.setattr(cached_aligner, "FORMAT", cached_aligner.FORMAT + 1)
    keys.append(cache.key(samples))
    monkeypatch.setattr(cached_aligner, "decoding_facts", lambda: {"decoding": {"beam_size": 5}})
    keys.append(cache.key(samples))
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("damage", ["half", "no key", "no probability"])
def test_a_damaged_file_is_made_anew(mini: MiniProject, damage: str) -> None:
    result = mini.segment()
    path = cached(mini)
    whole = path.read_bytes()
    content = json.loads(whole)
    if damage == "no key":
        del content["key"]
    elif damage == "no probability":
        del content["hypotheses"][0]["parts"][0]["probability"]
    data = json.dumps(content).encode()
    path.write_bytes(whole[: len(whole) // 2] if damage == "half" else data)
    (mini.root / ".state" / "finished").rename(mini.root / "elsewhere")
    assert mini.segment() == result
    assert path.read_bytes() == whole


def test_the_file_of_a_recording_that_is_gone_is_deleted(mini: MiniProject) -> None:
    mini.segment()
    for path in mini.sessions.rglob("long.*"):
        path.unlink()
    mini.segment()
    assert not list((mini.root / ".state" / "aligner").iterdir())


def test_a_part_is_the_same_from_a_cache_of_the_whole(
    long_recording: LongRecording, aligner: Path, tmp_path: Path
) -> None:
    """Else two runs over the same input could keep other segments."""
    blocks = [(12.0, 20.0), (33.0, 36.0)]
    first, second = (
        CachedAligner(aligner, "digest", "en", 9.0, 0.5, tmp_path / name) for name in ("a", "b")
    )
    part = first.transcribe("r1", long_recording.samples, blocks)
    whole = second.transcribe("r1", long_recording.samples)
    assert 0 < len(part) < len(whole)
    assert part == second.transcribe("r1", long_recording.samples, blocks)
    assert [h for h in whole if h in part] == part
