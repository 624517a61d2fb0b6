"""A finished review becomes the transcript, and the one that it replaces is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from attune.review.cues import from_vtt, to_transcript
from attune.review.publish import publish
from stages.common.core.errors import UserError
from stages.common.transcripts.read import read_transcripts
from tests.support.review import ReviewProject, cue

CUES = [cue(2, 5.0, "then this", "Client"), cue(1, 1.0, "first", "Therapist"), cue(3, 9.0, "")]


def published(project: ReviewProject) -> Path:
    return publish(project.source("one"), CUES, project.sessions, project.folder)


def test_a_draft_becomes_a_reviewed_transcript(project: ReviewProject) -> None:
    project.audio("one")
    path = published(project)
    assert path == project.sessions / "transcripts" / "one.vtt"
    transcript = read_transcripts([(path, "")])
    assert transcript.reviewed and transcript.timed
    assert [(each.start, each.text, each.speaker) for each in transcript.cues] == [
        (1.0, "first", "Therapist"), (5.0, "then this", "Client"),
    ]  # fmt: skip
    assert not (project.folder / "replaced").exists()


def test_transcripts_that_it_replaces_are_kept(project: ReviewProject) -> None:
    project.audio("one")
    for role in ("client", "therapist"):
        project.transcript(f"one_{role}.TextGrid", f"tier of the {role}")
    published(project)
    names = [path.name for path in (project.sessions / "transcripts").iterdir()]
    assert names == ["one.vtt"]
    kept = {path.name: path.read_text() for path in (project.folder / "replaced").iterdir()}
    assert kept == {
        "one_client.TextGrid": "tier of the client",
        "one_therapist.TextGrid": "tier of the therapist",
    }


def test_published_again_it_keeps_the_original_not_its_own(project: ReviewProject) -> None:
    project.audio("one")
    original = "WEBVTT\n\n00:01.000 --> 00:02.000\noriginal\n"
    project.transcript("one.vtt", original)
    published(project)
    again = [cue(1, 1.0, "corrected once more")]
    own = to_transcript(CUES)
    path = publish(project.source("one"), again, project.sessions, project.folder, own)
    assert [each.text for each in from_vtt(path.read_text())] == ["corrected once more"]
    (kept,) = (project.folder / "replaced").iterdir()
    assert kept.read_text() == original


def test_each_content_that_it_replaces_is_kept(project: ReviewProject) -> None:
    project.audio("one")
    contents = [
        f"WEBVTT\n\nNOTE reviewed\n\n00:01.000 --> 00:02.000\nby hand, {n}\n" for n in range(3)
    ]
    for content in (*contents, contents[0]):
        project.transcript("one.vtt", content)
        published(project)
    kept = {path.name: path.read_text() for path in (project.folder / "replaced").iterdir()}
    assert kept == dict(zip(("one.vtt", "one.2.vtt", "one.3.vtt"), contents, strict=True))


def test_a_link_is_replaced_and_not_written_through(project: ReviewProject) -> None:
    project.audio("one")
    kept = project.root / "sessions/kept.vtt"
    kept.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\noriginal\n")
    original = kept.read_text()
    kept.chmod(0o444)
    (project.sessions / "transcripts/one.vtt").symlink_to(kept)
    path = published(project)
    assert kept.read_text() == original and not path.is_symlink()


def test_nothing_is_replaced_by_nothing(project: ReviewProject) -> None:
    project.audio("one")
    path = project.transcript("one.txt", "original")
    with pytest.raises(UserError, match="no segment has words"):
        publish(project.source("one"), [cue(1, 1.0, "")], project.sessions, project.folder)
    assert path.read_text() == "original" and not (project.folder / "replaced").exists()


def test_what_may_not_be_kept_is_not_replaced(project: ReviewProject) -> None:
    project.audio("one")
    path = project.transcript("one.txt", "original")
    (project.folder / "replaced").write_text("a file is in the way")
    with pytest.raises(OSError):
        published(project)
    assert path.read_text() == "original"
    assert not (project.sessions / "transcripts" / "one.vtt").exists()
