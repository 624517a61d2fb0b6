"""`attune speak` with the real synthesizer: sessions that `segment` takes for training only."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import yaml

from attune.speak.command import speak
from attune.speak.names import is_spoken, name_of
from attune.speak.scripts import parse
from stages.common.core.errors import UserError
from stages.common.core.forgotten import add_forgotten
from stages.common.core.ids import recording_id
from stages.common.transcripts import vtt
from stages.common.transcripts.reviewed import vtt_is_reviewed
from tests.support.mini_project import KEY, MiniProject

SCRIPTS = (
    "T: How did the first week on it go? You take 50 mg now.\nC: I felt little at first.\n",
    "C: I wrote PTSD on the form & went home.\n\nT: Good. And what did you do then?\n",
)


@pytest.fixture
def scripts(mini: MiniProject) -> list[Path]:
    paths = [mini.root / f"quokka {number}.txt" for number in range(len(SCRIPTS))]
    for path, text in zip(paths, SCRIPTS, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(sessions: Path) -> list[dict[str, str]]:
    with (sessions / "sessions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def set_language(code: str) -> None:
    params: dict[str, Any] = yaml.safe_load(Path("params.yaml").read_text(encoding="utf-8"))
    params["build_dataset"]["language"] = code
    Path("params.yaml").write_text(yaml.safe_dump(params), encoding="utf-8")


def test_spoken_sessions_are_complete_and_the_same_in_every_run(
    mini: MiniProject, scripts: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    good = mini.valid()
    speak(scripts[:1], terms=False)
    first = files(mini.sessions)
    speak([scripts[1], scripts[0]], terms=False)
    both = files(mini.sessions)
    # Neither its neighbours nor the number of runs changes a session.
    assert first.items() - both.items() == {("sessions.csv", first["sessions.csv"])}
    speak(scripts, terms=False)
    assert files(mini.sessions) == both
    names = [name_of(parse(path.read_text())[0].digest) for path in scripts]
    assert rows(mini.sessions) == [
        {"recording": name, "client": name, "use": "train"} for name in names
    ]
    printed = capsys.readouterr().out
    assert "2 spoken session(s), 0." in printed
    assert "quokka" not in printed and "week" not in printed

    audio, rate = soundfile.read(mini.sessions / "audio" / f"{names[1]}.flac", dtype="float32")
    text = (mini.sessions / "transcripts" / f"{names[1]}.vtt").read_text(encoding="utf-8")
    cues = vtt.parse(text)
    assert rate == 16_000 and audio.ndim == 1 and vtt_is_reviewed(text)
    assert [(cue.speaker, cue.text.strip()) for cue in cues] == [
        ("Client", "I wrote PTSD on the form & went home."),
        ("Therapist", "Good."),
        ("Therapist", "And what did you do then?"),
    ]
    # Speech is within the cues and noise alone outside of them, but for the room's reflection.
    inside = np.zeros(len(audio), bool)
    for cue in cues:
        inside[round(cue.start * rate) : round((cue.end + 0.03) * rate)] = True
    level_in, level_out = (np.sqrt(np.mean(part**2)) for part in (audio[inside], audio[~inside]))
    assert level_in > 10 * level_out
    assert abs(audio.mean()) < 1e-4

    run = mini.segment()
    uses = {row["id"]: row["use"] for row in run.recordings}
    assert uses == {good: "all"} | {recording_id(KEY, name): "train" for name in names}
    assert "I wrote PTSD on the form & went home." in run.texts


def test_two_scripts_have_voices_and_rooms_of_their_own(
    mini: MiniProject, scripts: list[Path]
) -> None:
    scripts[1].write_text(scripts[0].read_text().replace("first", "third"))
    speak(scripts, terms=False)
    sounds = [soundfile.read(path)[0] for path in sorted((mini.sessions / "audio").iterdir())]
    assert len({len(sound) for sound in sounds}) == 2


def test_a_forgotten_session_is_not_spoken_again(mini: MiniProject, scripts: list[Path]) -> None:
    name = name_of(parse(scripts[1].read_text())[0].digest)
    add_forgotten(KEY, [name], [])
    before = files(mini.sessions)
    with pytest.raises(UserError, match="script 2: its session was forgotten"):
        speak(scripts, terms=False)
    assert files(mini.sessions) == before


def test_faults_leave_the_sessions_as_they_are(mini: MiniProject, scripts: list[Path]) -> None:
    scripts[1].write_text("nobody speaks\n", encoding="utf-8")
    before = files(mini.sessions)
    with pytest.raises(UserError, match=r"^script 2, line 1: no label"):
        speak(scripts, terms=False)
    assert files(mini.sessions) == before


def test_an_interruption_leaves_no_recording_without_its_use(
    mini: MiniProject, scripts: list[Path]
) -> None:
    name = name_of(parse(scripts[0].read_text())[0].digest)
    in_the_way = mini.sessions / "transcripts" / f"{name}.vtt"
    in_the_way.mkdir()
    with pytest.raises(UserError, match=r"^data\.sessions: .* directory\); correct"):
        speak(scripts, terms=False)
    assert [row["use"] for row in rows(mini.sessions)] == ["train"]
    assert not list((mini.sessions / "audio").iterdir())
    in_the_way.rmdir()
    speak(scripts, terms=False)
    assert len(rows(mini.sessions)) == len(list((mini.sessions / "audio").iterdir())) == 2


def test_a_client_with_the_code_of_a_spoken_session_is_refused(
    mini: MiniProject, scripts: list[Path]
) -> None:
    name = name_of(parse(scripts[0].read_text())[0].digest)
    assert is_spoken(name)
    mini.valid("Ann")
    table = mini.sessions / "sessions.csv"
    table.write_text(f"recording,client\nAnn,{name}\n", encoding="utf-8")
    before = files(mini.sessions)
    with pytest.raises(UserError, match=r"^sessions\.csv: line 2 gives"):
        speak(scripts, terms=False)
    assert files(mini.sessions) == before


def test_the_demos_sessions_are_refused(mini: MiniProject, scripts: list[Path]) -> None:
    mini.params(data={"sessions": "demo/sessions", "key": "key"})
    with pytest.raises(UserError, match="attune init"):
        speak(scripts, terms=False)


def test_scripts_or_terms(mini: MiniProject, scripts: list[Path]) -> None:
    for given, terms in (([], False), (scripts, True)):
        with pytest.raises(UserError, match="one of the two"):
            speak(given, terms)


def test_other_languages_have_scripts_but_no_terms(mini: MiniProject, scripts: list[Path]) -> None:
    set_language("de")
    with pytest.raises(UserError, match="English sentences only"):
        speak([], terms=True)
    scripts[0].write_text("T: Wie war die Woche?\nC: Ich nehme jetzt 50 mg, ganz gut.\n")
    speak(scripts[:1], terms=False)
    (audio,) = (mini.sessions / "audio").iterdir()
    assert soundfile.info(audio).duration > 3
    set_language("tl")
    with pytest.raises(UserError, match="no voice"):
        speak(scripts[:1], terms=False)
