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
from tests.support.transcripts import LONG
from tests.support.workplace import KEY, WORDS, Workplace, spoken, srt, tone

SHARED = Path(os.environ.get("ATTUNE_SHARED", "../shared")).resolve() / "speech" / "formats"
REPOSITORY = Path(__file__).parents[2]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_timed_cues_become_segments(place: Workplace) -> None:
    place.audio("a.flac", np.tile(spoken(), 3), form="FLAC")
    place.words("a.srt", srt((0, 3, "Therapist: One two."), (4, 7, "Client: Three."), (8, 8, "No")))
    ran = place.segment()
    name = recording_id(KEY, "a")
    assert ran.segments == [
        {"id": f"{name}-0000", "recording": name, "start": 0.0, "end": 3.2,
         "speech_start": 0.0, "speech_end": 3.0, "text": "One two.",
         "speaker": "Therapist", "score": None, "confidence": None},
        {"id": f"{name}-0001", "recording": name, "start": 3.8, "end": 7.2,
         "speech_start": 4.0, "speech_end": 7.0, "text": "Three.",
         "speaker": "Client", "score": None, "confidence": None},
    ]  # fmt: skip
    assert ran.metrics["dropped_cues"] == {"times_out_of_order": 1}
    assert ran.recordings[0]["seconds"] == 12.0
    audio = soundfile.info(place.root / "data" / "segments" / "audio" / f"{name}.flac")
    assert (audio.samplerate, audio.channels, audio.frames) == (16_000, 1, 192_000)
    assert (audio.format, audio.subtype) == ("FLAC", "PCM_16")


def test_speech_intervals_match_the_speech(place: Workplace) -> None:
    silence = np.zeros(32_000, np.float32)
    place.audio("a.wav", np.concatenate([silence, spoken(), silence]))
    place.words("a.srt", srt((2, 3.5, "Half of it.")))
    ran = place.segment()
    (speech,) = (row["speech"] for row in ran.recordings)
    assert 1.7 <= speech[0][0] <= 2.4 and 4.6 <= speech[-1][1] <= 5.3
    metrics = ran.metrics
    assert 2 <= metrics["speech_seconds"] <= 3.5
    assert 0.8 <= metrics["untranscribed_speech_seconds"] <= 1.7


def test_a_clip_s_speech_times_are_those_of_the_detector(place: Workplace) -> None:
    silence = np.zeros(32_000, np.float32)
    place.audio("a.wav", np.concatenate([silence, spoken(), silence]))
    place.words("a.txt", "All of it.")
    place.audio("b.wav", tone(4))
    place.words("b.txt", "No voice at all.")
    rows = {row["text"]: row for row in place.segment().segments}
    spoken_clip, other = rows["All of it."], rows["No voice at all."]
    assert (spoken_clip["start"], spoken_clip["end"]) == (0.0, 8.0)
    assert 1.7 <= spoken_clip["speech_start"] <= 2.4 and 4.6 <= spoken_clip["speech_end"] <= 5.3
    assert (other["speech_start"], other["speech_end"]) == (0.0, 4.0)


def test_a_cue_in_which_no_voice_was_detected_stays(place: Workplace) -> None:
    place.audio("a.wav", tone(4))
    place.words("a.srt", srt((1, 3, "An odd voice.")))
    ran = place.segment()
    assert ran.texts == ["An odd voice."] and ran.metrics["speech_seconds"] == 0


@pytest.mark.parametrize(
    ("suffix", "content"),
    [
        ("txt", "Hello  there,\nyou."),
        ("srt", srt((0, 3, "Hello there, you."))),
        ("vtt", "WEBVTT\n\n00:00.000 --> 00:03.000\nHello there, you.\n"),
        ("json", json.dumps({"segments": [{"start": 0, "end": 3, "text": " Hello there, you."}]})),
    ],
)
def test_every_format_gives_the_same_words(place: Workplace, suffix: str, content: str) -> None:
    place.audio("a.wav")
    place.words(f"a.{suffix}", content)
    assert place.segment().texts == ["Hello there, you."]


def test_a_textgrid_in_utf16(place: Workplace) -> None:
    place.audio("a.wav", np.tile(spoken(), 2))
    place.words("a.TextGrid", LONG.encode("utf-16"))
    ran = place.segment()
    assert [row["speaker"] for row in ran.segments] == ["Therapist", "Client"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bad.txt", b"", "transcript_empty"),
        ("bad.srt", "Zo\xeb".encode("latin-1"), "transcript_not_utf8"),
        ("bad.txt", b"PK\x03\x04", "transcript_binary"),
        ("bad.json", b'{"segments": [', "transcript_unreadable"),
        ("bad.srt", b"no cue", "transcript_unreadable"),
        ("bad.srt", srt((90, 92, WORDS)).encode(), "no_segments"),
    ],
)
def test_a_bad_transcript_rejects_its_recording_alone(
    place: Workplace, name: str, content: bytes, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = place.good()
    place.audio("bad.wav")
    place.words(name, content)
    ran = place.segment()
    assert ran.metrics["dropped_recordings"] == {reason: 1}
    assert [row["id"] for row in ran.recordings] == [kept]
    assert f"{recording_id(KEY, 'bad')}: {RECORDING[reason]}" in capsys.readouterr().out


def test_both_faults_of_one_recording_are_reported_and_one_counts(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    place.good()
    place.raw("bad.wav", b"")
    place.words("bad.txt", b"")
    assert place.segment().metrics["dropped_recordings"] == {"audio_empty": 1}
    out = capsys.readouterr().out
    assert RECORDING["audio_empty"] in out and RECORDING["transcript_empty"] in out


def test_bad_cues_are_counted_and_the_rest_goes_on(
    place: Workplace, capsys: pytest.CaptureFixture[str]
) -> None:
    place.audio("a.wav", np.tile(spoken(), 12))
    cues = [(44.0, 46.0, "last"), (0.0, 2.0, "first"), (4.0, 4.0, "x"), (3.0, 2.0, "x"),
            (5.0, 6.0, " "), (47.0, 49.0, "x"), (50.0, 51.0, "x"), (7.0, 38.0, "x"),
            (40.0, 42.0, "x"), (41.0, 43.0, "x"), (43.0, 44.0, "I saw [NAME]")]  # fmt: skip
    place.words("a.srt", srt(*cues) + "\n11\n00:00:zz --> 00:01:00,000\nx\n")
    ran = place.segment()
    assert ran.texts == ["first", "last"]
    assert ran.metrics["dropped_cues"] == {
        "cue_empty": 1, "cue_redacted": 1, "cue_too_long": 1, "overlapping_speech": 2,
        "times_out_of_order": 2, "times_past_end": 2, "times_unreadable": 1,
    }  # fmt: skip
    assert ran.metrics["marks"] == {"redaction": 1}
    # The other two come from alignment: tests/align.
    assert set(ran.metrics["dropped_cues"]) == set(CUE) - {"not_found", "score_low"}
    assert ran.metrics["notices"] == {"cues_reordered": 1}
    told = [line for line in capsys.readouterr().out.splitlines() if "cue(s) dropped" in line]
    assert len(told) == len(CUE) - 2


def test_when_nothing_is_left_the_stage_fails_with_all_reasons(place: Workplace) -> None:
    place.raw("a.wav", b"")
    place.words("a.txt")
    place.audio("b.wav")
    ran = place.segment()
    assert ran.fault == "none of 2 recording(s) can be used: audio_empty 1, no_transcript 1"
    assert ran.metrics["kept"] == 0
    assert not (place.root / "data" / "segments").exists()
    assert list((place.root / "data").iterdir()) == []


def messy(place: Workplace) -> None:
    """A folder with something of everything."""
    place.good("Quokka Smith")
    place.audio("Quokka timed.wav", np.tile(spoken(), 3))
    place.words("Quokka timed.srt", srt((0, 2, WORDS), (2, 4, WORDS), (50, 60, WORDS)))
    place.raw("Quokka broken.mp3", b"no audio")
    place.words("Quokka broken.txt")
    place.audio("Quokka bytes.wav")
    place.words("Quokka bytes.txt", WORDS.encode() + b"\xff")
    place.audio("Quokka json.wav")
    place.words("Quokka json.json", f'[{{"text": "{WORDS}", ]')
    place.audio("Quokka alone.wav")
    place.words("Quokka lonely.txt")
    place.audio("Quokka clipped.flac", np.sign(spoken()))
    place.words("Quokka clipped.txt")
    (place.sessions / "sessions.csv").write_text(
        "recording,client\nQuokka Smith,Xylophone\nQuokka unknown,Xylophone\n"
    )


def test_no_name_and_no_word_is_ever_shown(
    place: Workplace, capfd: pytest.CaptureFixture[str]
) -> None:
    messy(place)
    ran = place.segment()
    assert ran.metrics["kept"] == 3
    place.normalize()
    captured = capfd.readouterr()
    shown = captured.out + captured.err
    assert len(shown.splitlines()) > 10
    metrics = "".join(path.read_text() for path in (place.root / "metrics").iterdir())
    names = " ".join(tree(place.root / "data"))
    for secret in ("quokka", "xylophone", "smith", str(place.root)):
        assert secret not in (shown + metrics + names).lower()


def test_counts_add_up(place: Workplace) -> None:
    messy(place)
    metrics = place.segment().metrics
    assert metrics["recordings"] == metrics["kept"] + sum(metrics["dropped_recordings"].values())
    assert metrics["transcripts"] == 7
    reasons = set(metrics["dropped_recordings"]) | set(metrics["dropped_transcripts"])
    assert reasons <= set(RECORDING) | set(TRANSCRIPT)
    assert set(metrics["notices"]) <= set(NOTICE) | {"ignored_files"}


def test_the_same_input_gives_the_same_bytes(place: Workplace) -> None:
    messy(place)
    trees = []
    for _ in range(2):
        place.segment()
        place.normalize()
        trees.append((tree(place.root / "data"), tree(place.root / "metrics")))
        shutil.rmtree(place.root / "data")
    assert trees[0] == trees[1]
    # Three recordings, two manifests, and the text that is in no segment.
    assert len(trees[0][0]) == 3 + 2 * 2 + 1


def test_the_data_stages_import_neither_torch_nor_transformers() -> None:
    code = ("import sys, stages.segment, stages.normalize, faster_whisper.vad\n"
            "sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))")  # fmt: skip
    assert subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY).returncode == 0


@pytest.mark.skipif(not SHARED.is_dir(), reason="no shared files here (ATTUNE_SHARED)")
def test_every_shared_file_is_decoded_or_rejected(place: Workplace) -> None:
    # Each under a name of its own: many differ in their suffix alone.
    files = sorted(SHARED.iterdir())
    for number, path in enumerate(files):
        place.raw(f"{number}{path.suffix}", path.read_bytes())
        place.words(f"{number}.srt", srt((0, 2, "some words")))
    ran = place.segment()
    told = {row["id"] for row in ran.recordings}
    assert ran.metrics["recordings"] == len(files) > 20
    assert ran.metrics["dropped_recordings"] == {"audio_empty": 3, "audio_undecodable": 3}
    assert len(told) == len(files) - 6
    lengths = Counter(round(row["seconds"]) for row in ran.recordings)
    assert lengths[53] == 2 and lengths[9] == 8 and lengths[3] == 14
