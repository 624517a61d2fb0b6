"""The demo's sessions: properties the pipeline relies on, and reproducibility."""

from __future__ import annotations

import csv
import json
import random
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from attune.speak.espeak import SAMPLE_RATE
from demo.compose import SESSIONS, Session, compose
from demo.guard import SPEAKERS
from demo.material import (
    FOLDER,
    Slots,
    fill,
    read_material,
    read_slots,
    read_theme,
    spoken,
    written,
)
from demo.people import PAIRS
from demo.sessions import pronunciation, write
from stages.build_dataset.split_assignment import split_of
from stages.common.core.ids import group_id, read_key
from stages.common.core.params import load_params
from stages.common.transcripts import plain_text
from tests.support.imports import ROOT


@pytest.fixture(scope="module")
def sessions() -> list[Session]:
    return compose()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    write(folder, count=1)
    return folder


def test_composing_twice_gives_the_same_sessions(sessions: list[Session]) -> None:
    assert compose() == sessions
    assert compose(3) == sessions[:3]
    assert compose(3, seed=1) != sessions[:3]


def test_every_client_has_two_long_sessions(sessions: list[Session]) -> None:
    assert len(sessions) == SESSIONS
    assert sorted(s.pair.code for s in sessions) == sorted(2 * [p.code for p in PAIRS])
    assert all(len(s.lines) >= 50 for s in sessions)


def test_enough_people_in_every_split() -> None:
    params = load_params(ROOT / "params.yaml")
    key, shares = read_key(ROOT / "demo" / "key"), params.build_dataset
    groups = [group_id(key, pair.code, "") for pair in PAIRS]
    splits = Counter(split_of(key, group, shares.validation, shares.test) for group in groups)
    assert splits == {"train": 7, "validation": 2, "test": 3}


def test_no_voice_is_used_twice() -> None:
    voices = [voice for pair in PAIRS for voice in (pair.therapist, pair.client)]
    assert len(set(voices)) == len(voices)


def test_every_variant_exists() -> None:
    # eSpeak falls back to its plain voice for an unknown variant.
    espeakng_loader = pytest.importorskip("espeakng_loader")
    known = {p.name for p in Path(espeakng_loader.get_data_path(), "voices", "!v").iterdir()}
    voices = [*SPEAKERS, *(voice for pair in PAIRS for voice in (pair.therapist, pair.client))]
    assert {voice.name.split("+")[1] for voice in voices} <= known


def test_no_markup_is_left_and_no_digit_is_spoken(sessions: list[Session]) -> None:
    for line in (line for session in sessions for line in session.lines):
        assert not re.search(r"[\[\]{}|]", written(line.text) + spoken(line.text)), line
        assert not re.search(r"\d", spoken(line.text)), line
        assert line.text[0] == "[" or line.text[0].isupper(), line


def test_few_lines_of_a_client_repeat_verbatim(sessions: list[Session]) -> None:
    for pair in PAIRS:
        long = [
            line.text
            for session in sessions
            if session.pair == pair
            for line in session.lines
            if len(line.text.split()) > 12
        ]
        assert len(long) - len(set(long)) <= 0.1 * len(long)
        assert max(Counter(long).values()) <= 2


def test_clinical_terms_occur_with_several_clients(sessions: list[Session]) -> None:
    slots = read_slots()
    for name in ("other_drug", "other_modality", "other_diagnosis"):
        for term in slots[name]:
            clients = {
                session.pair.code
                for session in sessions
                if any(term.lower() in line.text.lower() for line in session.lines)
            }
            assert len(clients) >= 3, term


def test_every_theme_has_its_slots_and_enough_exchanges() -> None:
    assert {p.theme for p in PAIRS} == {p.stem for p in (FOLDER / "themes").glob("*.txt")}
    for pair in PAIRS:
        theme = read_theme(pair.theme)
        assert set(theme.words) == {"diagnosis", "modality", "drug", "symptom"}
        assert sum(map(len, theme.phases["theme"])) >= 25


def test_an_invalid_line_is_reported_with_its_number(tmp_path: Path) -> None:
    broken = tmp_path / "broken.txt"
    broken.write_text("== theme\nX: hello\n")
    with pytest.raises(ValueError, match=r"broken\.txt:2"):
        read_material(broken)


def test_a_slot_keeps_its_value_within_an_exchange() -> None:
    exchange = (("Client", "{day}, {day}, {day2}."), ("Therapist", "{drug} on {day}?"))
    slots: Slots = {"day": ("Monday", "Friday")}
    used: Counter[str] = Counter()
    filled = fill(exchange, slots, {"drug": "lithium"}, used, random.Random(0))
    (_, client), (_, therapist) = filled
    assert used == {"Monday": 1, "Friday": 1}
    first, second, other = client.rstrip(".").split(", ")
    assert first == second != other
    assert therapist == f"Lithium on {first}?"
    with pytest.raises(ValueError, match="nothing"):
        fill((("Client", "{nothing}"),), {}, {}, used, random.Random(0))


def test_markup_has_a_written_and_a_spoken_form() -> None:
    text = "My [GAD-7|g a d seven] was [8|eight], mm hmm, I take [50 mg|fifty milligrams]."
    assert written(text) == "My GAD-7 was 8, mm hmm, I take 50 mg."
    assert pronunciation(text) == "My GAD seven was eight, ummhmm, I take fifty milligrams."


def test_speaking_is_the_same_in_every_process() -> None:
    # Within a process it is not: the jitter of a voice depends on eSpeak's state.
    code = (
        "import hashlib\n"
        "from demo.people import PAIRS\n"
        "from attune.speak.espeak import speak\n"
        "sounds = [speak('How was it?', PAIRS[0].client), speak('Um, okay.', PAIRS[1].therapist)]\n"
        "print([(s.size, hashlib.sha256(s.tobytes()).hexdigest()) for s in sounds])\n"
    )
    once, again = (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
        for _ in range(2)
    )
    assert once
    assert once == again


def test_written_audio_is_16_khz_mono_and_unclipped(made: Path) -> None:
    (audio,) = (made / "sessions" / "audio").iterdir()
    samples, rate = soundfile.read(audio)
    assert (rate, samples.ndim) == (SAMPLE_RATE, 1)
    assert 140 <= samples.size / rate <= 220
    assert 0.1 < np.abs(samples).max() < 0.95


def test_the_transcript_has_the_words_of_the_exact_times(made: Path) -> None:
    (path,) = (made / "sessions" / "transcripts").iterdir()
    turns = plain_text.parse(path.read_text())
    lines = json.loads((made / "truth" / f"{path.stem}.json").read_text())
    words = [word for turn in turns for word in turn.text.split()]
    assert words == [word for line in lines for word in line["text"].split()]
    assert {turn.speaker for turn in turns} == {"Therapist", "Client"}
    assert all(a.speaker != b.speaker for a, b in pairwise(turns))


def test_exact_times_are_in_order(made: Path) -> None:
    (path,) = (made / "truth").iterdir()
    previous_end = 0.0
    for utterance in json.loads(path.read_text()):
        assert previous_end <= utterance["start"] < utterance["end"] < utterance["start"] + 14
        assert set(utterance) == {"start", "end", "speaker", "text"}
        previous_end = utterance["end"]
    assert (
        previous_end <= soundfile.info(made / "sessions" / "audio" / f"{path.stem}.flac").duration
    )


def test_the_table_has_each_recording_and_no_partial_folder_remains(made: Path) -> None:
    with (made / "sessions" / "sessions.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["recording", "client"], ["session_01", "client_01"]]
    assert sorted(p.name for p in made.iterdir()) == ["sessions", "truth"]
