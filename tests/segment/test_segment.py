"""The whole stage: output, counts, privacy and reproducibility."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from stages.common.core.ids import recording_id
from stages.common.core.rejections import CUE, NOTICE, RECORDING, TRANSCRIPT
from tests.support.mini_project import KEY, SEGMENT, WORDS, MiniProject, srt, tone, voice
from tests.support.transcripts import LONG

SHARED = Path(os.environ.get("ATTUNE_SHARED", "../shared")).resolve() / "speech" / "formats"
REPOSITORY = Path(__file__).parents[2]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_timed_cues_become_segments(mini: MiniProject) -> None:
    mini.audio("a.flac", np.tile(voice(), 3), form="FLAC")
    mini.transcript(
        "a.srt", srt((0, 3, "Therapist: One two."), (4, 7, "Client: Three."), (8, 8, "No"))
    )
    result = mini.segment()
    name = recording_id(KEY, "a")
    assert result.segments == [
        {"id": f"{name}-0000", "recording": name, "start": 0.0, "end": 3.2,
         "speech_start": 0.0, "speech_end": 3.0, "text": "One two.",
         "speaker": "Therapist", "score": None, "confidence": None, "written": "",
         "after_untranscribed": False},
        {"id": f"{name}-0001", "recording": name, "start": 3.8, "end": 7.2,
         "speech_start": 4.0, "speech_end": 7.0, "text": "Three.",
         "speaker": "Client", "score": None, "confidence": None, "written": "",
         "after_untranscribed": False},
    ]  # fmt: skip
    assert result.metrics["dropped_cues"] == {"times_out_of_order": 1}
    assert result.recordings[0]["seconds"] == 12.0 and result.recordings[0]["lost"] == [[8, 8]]
    audio = soundfile.info(mini.root / "data" / "segments" / "audio" / f"{name}.flac")
    assert (audio.samplerate, audio.channels, audio.frames) == (16_000, 1, 192_000)
    assert (audio.format, audio.subtype) == ("FLAC", "PCM_16")


def test_speech_intervals_match_the_speech(mini: MiniProject) -> None:
    silence = np.zeros(32_000, np.float32)
    mini.audio("a.wav", np.concatenate([silence, voice(), silence]))
    mini.transcript("a.srt", srt((2, 3.5, "Half of it.")))
    result = mini.segment()
    (speech,) = (row["speech"] for row in result.recordings)
    assert 1.7 <= speech[0][0] <= 2.4 and 4.6 <= speech[-1][1] <= 5.3
    metrics = result.metrics
    assert 2 <= metrics["speech_seconds"] <= 3.5
    assert 0.8 <= metrics["untranscribed_speech_seconds"] <= 1.7


def test_a_clip_s_speech_times_are_those_of_the_detector(mini: MiniProject) -> None:
    silence = np.zeros(32_000, np.float32)
    mini.audio("a.wav", np.concatenate([silence, voice(), silence]))
    mini.transcript("a.txt", "All of it.")
    mini.audio("b.wav", tone(4))
    mini.transcript("b.txt", "No voice at all.")
    rows = {row["text"]: row for row in mini.segment().segments}
    spoken_clip, other = rows["All of it."], rows["No voice at all."]
    assert (spoken_clip["start"], spoken_clip["end"]) == (0.0, 8.0)
    assert 1.7 <= spoken_clip["speech_start"] <= 2.4 and 4.6 <= spoken_clip["speech_end"] <= 5.3
    assert (other["speech_start"], other["speech_end"]) == (0.0, 4.0)


def test_a_cue_in_which_no_voice_was_detected_stays(mini: MiniProject) -> None:
    mini.audio("a.wav", tone(4))
    mini.transcript("a.srt", srt((1, 3, "An odd voice.")))
    result = mini.segment()
    assert result.texts == ["An odd voice."] and result.metrics["speech_seconds"] == 0


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        ("txt", "Hello  there,\nyou."),
        ("srt", srt((0, 3, "Hello there, you."))),
        ("vtt", "WEBVTT\n\n00:00.000 --> 00:03.000\nHello there, you.\n"),
        ("json", json.dumps({"segments": [{"start": 0, "end": 3, "text": " Hello there, you."}]})),
    ],
)
def test_every_format_gives_the_same_words(mini: MiniProject, suffix: str, content: str) -> None:
    mini.audio("a.wav")
    mini.transcript(f"a.{suffix}", content)
    assert mini.segment().texts == ["Hello there, you."]


def test_a_textgrid_in_utf16(mini: MiniProject) -> None:
    mini.audio("a.wav", np.tile(voice(), 2))
    mini.transcript("a.TextGrid", LONG.encode("utf-16"))
    result = mini.segment()
    assert [row["speaker"] for row in result.segments] == ["Therapist", "Client"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bad.txt", b"", "transcript_empty"),
        ("bad.srt", b"Zo\x81", "transcript_not_utf8"),
        ("bad.txt", b"PK\x03\x04", "transcript_binary"),
        ("bad.json", b'{"segments": [', "transcript_unreadable"),
        ("bad.srt", b"no cue", "transcript_unreadable"),
        ("bad.srt", srt((90, 92, WORDS)).encode(), "no_segments"),
    ],
)
def test_a_bad_transcript_rejects_its_recording_alone(
    mini: MiniProject, name: str, content: bytes, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = mini.valid()
    mini.audio("bad.wav")
    mini.transcript(name, content)
    result = mini.segment()
    assert result.metrics["dropped_recordings"] == {reason: 1}
    assert [row["id"] for row in result.recordings] == [kept]
    assert f"{recording_id(KEY, 'bad')}: {RECORDING[reason]}" in capsys.readouterr().out


def test_both_faults_of_one_recording_are_reported_and_one_counts(
    mini: MiniProject, capsys: pytest.CaptureFixture[str]
) -> None:
    mini.valid()
    mini.raw("bad.wav", b"")
    mini.transcript("bad.txt", b"")
    assert mini.segment().metrics["dropped_recordings"] == {"audio_empty": 1}
    out = capsys.readouterr().out
    assert RECORDING["audio_empty"] in out and RECORDING["transcript_empty"] in out


def test_bad_cues_are_counted_and_the_rest_goes_on(
    mini: MiniProject, aligner: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # It looks for the words of the cue that is too long, which nobody says.
    mini.params(segment=SEGMENT | {"aligner": str(aligner)})
    mini.audio("a.wav", np.tile(voice(), 12))
    cues = [(44.0, 46.0, "last"), (0.0, 2.0, "first"), (4.0, 4.0, "x"), (3.0, 2.0, "x"),
            (5.0, 6.0, " "), (47.0, 49.0, "x"), (50.0, 51.0, "x"), (7.0, 38.0, "x"),
            (40.0, 42.0, "x"), (41.0, 43.0, "x"), (43.0, 44.0, "I saw [NAME]")]  # fmt: skip
    mini.transcript("a.srt", srt(*cues) + "\n11\n00:00:zz --> 00:01:00,000\nx\n")
    result = mini.segment()
    assert result.texts == ["first", "last"]
    assert result.metrics["dropped_cues"] == {
        "cue_empty": 1, "cue_redacted": 1, "cue_too_long": 1, "overlapping_speech": 2,
        "times_out_of_order": 2, "times_past_end": 2, "times_unreadable": 1,
    }  # fmt: skip
    assert result.metrics["marks"] == {"redaction": 1}
    # The other two come from alignment: test_alignment.py.
    assert set(result.metrics["dropped_cues"]) == set(CUE) - {"not_found", "score_low"}
    assert result.metrics["notices"] == {"cues_reordered": 1}
    lines = [line for line in capsys.readouterr().out.splitlines() if "cue(s) dropped" in line]
    assert len(lines) == len(CUE) - 2


def test_when_nothing_is_left_the_stage_fails_with_all_reasons(mini: MiniProject) -> None:
    mini.raw("a.wav", b"")
    mini.transcript("a.txt")
    mini.audio("b.wav")
    result = mini.segment()
    assert result.fault == "none of 2 recording(s) can be used: audio_empty 1, no_transcript 1"
    assert result.metrics["kept"] == 0
    assert not (mini.root / "data" / "segments").exists()
    assert list((mini.root / "data").iterdir()) == []


def messy(mini: MiniProject) -> None:
    """A folder with something of everything."""
    mini.valid("Quokka Smith")
    mini.audio("Quokka timed.wav", np.tile(voice(), 3))
    mini.transcript("Quokka timed.srt", srt((0, 2, WORDS), (2, 4, WORDS), (50, 60, WORDS)))
    mini.raw("Quokka broken.mp3", b"no audio")
    mini.transcript("Quokka broken.txt")
    mini.audio("Quokka bytes.wav")
    mini.transcript("Quokka bytes.txt", WORDS.encode() + b"\xff")
    mini.audio("Quokka json.wav")
    mini.transcript("Quokka json.json", f'[{{"text": "{WORDS}", ]')
    mini.audio("Quokka alone.wav")
    mini.transcript("Quokka lonely.txt")
    mini.audio("Quokka clipped.flac", np.sign(voice()))
    mini.transcript("Quokka clipped.txt")
    (mini.sessions / "sessions.csv").write_text(
        "recording,client\nQuokka Smith,Xylophone\nQuokka unknown,Xylophone\n"
    )


def test_no_name_and_no_word_is_ever_shown(
    mini: MiniProject, capfd: pytest.CaptureFixture[str]
) -> None:
    messy(mini)
    result = mini.segment()
    assert result.metrics["kept"] == 3
    mini.normalize()
    captured = capfd.readouterr()
    shown = captured.out + captured.err
    assert len(shown.splitlines()) > 10
    metrics = "".join(path.read_text() for path in (mini.root / "metrics").iterdir())
    names = " ".join(tree(mini.root / "data"))
    for secret in ("quokka", "xylophone", "smith", str(mini.root)):
        assert secret not in (shown + metrics + names).lower()


def test_counts_add_up(mini: MiniProject) -> None:
    messy(mini)
    metrics = mini.segment().metrics
    assert metrics["recordings"] == metrics["kept"] + sum(metrics["dropped_recordings"].values())
    assert metrics["transcripts"] == 7
    reasons = set(metrics["dropped_recordings"]) | set(metrics["dropped_transcripts"])
    assert reasons <= set(RECORDING) | set(TRANSCRIPT)
    assert set(metrics["notices"]) <= set(NOTICE) | {"ignored_files"}


def test_the_same_input_gives_the_same_bytes(mini: MiniProject) -> None:
    messy(mini)
    trees = []
    for _ in range(2):
        mini.segment()
        mini.normalize()
        trees.append((tree(mini.root / "data"), tree(mini.root / "metrics")))
        shutil.rmtree(mini.root / "data")
    assert trees[0] == trees[1]
    # Three recordings, two manifests, the text that is in no segment, and the recordings' quality.
    assert len(trees[0][0]) == 3 + 2 * 2 + 2


def test_the_data_stages_import_neither_torch_nor_transformers() -> None:
    code = ("import sys, stages.segment, stages.normalize, faster_whisper.vad\n"
            "sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))")  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY).returncode == 0


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared files here (ATTUNE_SHARED)")
def test_every_shared_file_is_decoded_or_rejected(mini: MiniProject) -> None:
    # Each under a name of its own: many differ in their suffix alone.
    files = sorted(SHARED.iterdir())
    for number, path in enumerate(files):
        mini.raw(f"{number}{path.suffix}", path.read_bytes())
        mini.transcript(f"{number}.srt", srt((0, 2, "some words")))
    result = mini.segment()
    kept = {row["id"] for row in result.recordings}
    assert result.metrics["recordings"] == len(files) > 20
    assert result.metrics["dropped_recordings"] == {"audio_empty": 3, "audio_undecodable": 3}
    assert len(kept) == len(files) - 6
    lengths = Counter(round(row["seconds"]) for row in result.recordings)
    assert lengths[53] == 2 and lengths[9] == 8 and lengths[3] == 14
