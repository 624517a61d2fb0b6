"""Drafts of the test recordings, corrected through the review page's calls, with the real dvc."""

from __future__ import annotations

import shutil
import sys
from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from stages.common.core.files import read_rows
from stages.common.core.ids import recording_id
from stages.common.dataset.split_storage import clips_of
from stages.common.text.wer import count_errors
from tests.support.dvc_project import CLIENTS, KEY, environment, metrics, repro, run
from tests.support.review import ReviewServer, reviewing

pytestmark = pytest.mark.pipeline


def texts(project: Path) -> dict[str, str]:
    """Recording -> the text of its segments."""
    joined: dict[str, list[str]] = defaultdict(list)
    for row in read_rows(project / "data/segments/segments.jsonl"):
        joined[row["recording"]].append(row["text"])
    return {name: " ".join(parts) for name, parts in joined.items()}


def corrected(cues: list[dict[str, Any]], truth: list[str]) -> list[str]:
    """The true words for each cue: those at the place of the cue's own."""
    words = [(word.lower(), at) for at, cue in enumerate(cues) for word in cue["text"].split()]
    plain = [word.strip(".,?!").lower() for word in truth]
    matcher = SequenceMatcher(None, plain, [word.strip(".,?!") for word, _ in words], False)
    owner, reached = [0] * len(truth), 0
    for block in matcher.get_matching_blocks():
        for n in range(block.size):
            owner[block.a + n] = words[block.b + n][1]
    for n in range(len(truth)):
        reached = owner[n] = max(reached, owner[n])
    return [
        " ".join(word for word, at in zip(truth, owner, strict=True) if at == n)
        for n in range(len(cues))
    ]


def correct(server: ReviewServer, id_: str, truth: str) -> str:
    """Correct, check and finish a draft as a person does, cue by cue; returns the draft's text."""
    server.post(f"recordings/{id_}/hold")
    recording = server.get(f"recordings/{id_}")
    version, cues = recording["version"], recording["cues"]
    for at, text in enumerate(corrected(cues, truth.split())):
        before = {name: cues[at][name] for name in ("id", "start", "end", "speaker", "text")}
        before["checked"] = False
        after = {**before, "text": text, "checked": True}
        splice = {"at": at, "remove": [before], "insert": [after]}
        version = server.edit(id_, version, "text", [splice])["version"]
    server.post(f"recordings/{id_}/finish")
    return " ".join(cue["text"] for cue in cues)


def test_corrected_drafts_are_the_pipelines_transcripts(project: Path, tiny_en: Path) -> None:
    truth = texts(project)
    test = {clip.recording for clip in clips_of(project / "data/dataset/test")}
    names = {recording_id(KEY.encode(), client): client for client in CLIENTS}
    for id_ in test:
        (project / f"data/sessions/transcripts/{names[id_]}.srt").unlink()
    # In the place of the tuned model one that writes words.
    toy = project.with_name("toy")
    shutil.move(project / "models/ct2", toy)
    shutil.copytree(tiny_en, project / "models/ct2")
    attune = (sys.executable, "-m", "attune")
    told = run(project, *attune, "draft").stdout
    assert f"{len(test)} draft(s) written" in told and "no draft has been corrected yet" in told

    with reviewing(project, environment()) as server:
        ids = server.ids()
        drafts = {id_: correct(server, ids[names[id_]], truth[id_]) for id_ in sorted(test)}
        listed = {row["id"]: row for row in server.get("recordings")["recordings"]}
        assert all(listed[id_]["done"] and not listed[id_]["doubtful"] for id_ in test)
        worth = "\n".join(server.get("worth")["lines"])

    errors = [count_errors(id_, id_, truth[id_], drafts[id_], "en") for id_ in sorted(test)]
    wer = sum(one.errors for one in errors) / sum(one.reference_words for one in errors)
    assert f"{wer:.1%}" in worth and wer > 0
    assert worth in run(project, *attune, "draft").stdout

    for id_ in test:
        written = (project / f"data/sessions/transcripts/{names[id_]}.vtt").read_text()
        assert "NOTE reviewed" in written
    shutil.rmtree(project / "models/ct2")
    shutil.move(toy, project / "models/ct2")
    ran = repro(project)
    assert ran[0] == "segment" and ran[-1] == "report"
    for id_, text in texts(project).items():
        # The text is the corrected one, all of it, whatever the cues.
        assert text.split() == truth[id_].split(), id_
    assert {clip.recording for clip in clips_of(project / "data/dataset/test")} == test
    assert metrics(project, "evaluate")["test_set"] == metrics(project, "baseline")["test_set"]
