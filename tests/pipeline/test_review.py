"""Drafts of the test recordings, corrected through the review page's calls, with the real dvc."""

from __future__ import annotations

import shutil
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from stages.common.core.files import read_rows
from stages.common.core.ids import recording_id
from stages.common.dataset.split_storage import clips_of
from stages.common.text.wer import count_errors
from tests.support.dvc_project import CLIENTS, KEY, environment, metrics, repro, run
from tests.support.review_server import ReviewServer, reviewing

pytestmark = pytest.mark.pipeline


def segments_of(project: Path) -> dict[str, list[dict[str, Any]]]:
    """Recording -> its segments."""
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_rows(project / "data/segments/segments.jsonl"):
        rows[row["recording"]].append(row)
    return rows


def text_of(rows: list[dict[str, Any]]) -> str:
    return " ".join(row["text"] for row in rows)


def correct(server: ReviewServer, id_: str, truth: list[dict[str, Any]]) -> str:
    """Correct, check and finish a draft, segment by segment; returns the draft's text.

    The draft's cues are merged into the first one, which is then split where the truth is.
    """
    server.post(f"recordings/{id_}/hold")
    recording = server.get(f"recordings/{id_}")
    version, cues = recording["version"], [wire(cue) for cue in recording["cues"]]
    drafted = text_of(cues)
    number = max(cue["id"] for cue in cues) + 1
    rest = {**cues[0], "text": drafted, "end": max(cue["end"] for cue in cues)}
    version = server.edit(id_, version, "merge", [splice(0, cues, [rest])])["version"]
    for at, row in enumerate(truth):
        times = {"start": row["speech_start"], "end": row["speech_end"]}
        cue = {**rest, **times, "id": number + at, "text": row["text"], "checked": True}
        is_last = at == len(truth) - 1
        edit = splice(at, [rest], [cue] if is_last else [cue, rest])
        version = server.edit(id_, version, "text" if is_last else "split", [edit])["version"]
    server.post(f"recordings/{id_}/finish")
    return drafted


def wire(cue: dict[str, Any]) -> dict[str, Any]:
    return {name: cue[name] for name in ("id", "start", "end", "speaker", "text", "checked")}


def splice(at: int, remove: list[dict[str, Any]], insert: list[dict[str, Any]]) -> dict[str, Any]:
    return {"at": at, "remove": remove, "insert": insert}


def test_corrected_drafts_are_the_pipelines_transcripts(project: Path, tiny_en: Path) -> None:
    truth = segments_of(project)
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

    errors = [count_errors(id_, "", text_of(truth[id_]), drafts[id_], "en") for id_ in sorted(test)]
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
    for id_, rows in segments_of(project).items():
        assert text_of(rows) == text_of(truth[id_]), id_
    assert {clip.recording for clip in clips_of(project / "data/dataset/test")} == test
    assert metrics(project, "evaluate")["test_set"] == metrics(project, "baseline")["test_set"]
