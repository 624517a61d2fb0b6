"""SubRip and WebVTT."""

from __future__ import annotations

from pathlib import Path

from stages.common.transcripts.cue import Cue, Transcript
from tests.support.transcripts import CUES, SRT, VTT, read


def test_srt(tmp_path: Path) -> None:
    assert read(tmp_path, "x.srt", SRT) == Transcript(CUES, timed=True)
    assert read(tmp_path, "x.SRT", SRT.replace("\n", "\r\n")).cues == CUES
    assert read(tmp_path, "x.srt", SRT.replace("\n\n", "\n")).cues == CUES
    assert read(tmp_path, "x.srt", SRT.replace("1\n00", "00").replace("2\n00", "00")).cues == CUES


def test_srt_markup_is_removed_and_other_text_stays(tmp_path: Path) -> None:
    text = SRT.replace(
        "Hello there.", "{\\an8}<i>Hello</i> <font color='red'>1 < 2</font>\n\n7 days"
    )
    assert read(tmp_path, "x.srt", text).cues[0].text == "Hello 1 < 2 7 days"


def test_an_unreadable_srt_time_is_nan(tmp_path: Path) -> None:
    cues = read(tmp_path, "x.srt", SRT.replace("00:00:01,000", "00:00:0x")).cues
    assert cues[0].start != cues[0].start and cues[0].end == 2.5 and cues[1] == CUES[1]


def test_vtt(tmp_path: Path) -> None:
    assert read(tmp_path, "x.vtt", VTT).cues == [
        Cue(1.0, 2.5, "Hello there.", "Dr Lee"),
        Cue(63.5, 3600.0, "How are you & yours?"),
    ]


def test_subtitles_with_a_wrong_suffix_are_detected_by_their_content(tmp_path: Path) -> None:
    for name, text in (("x.txt", SRT), ("x.vtt", SRT), ("x.srt", VTT), ("x.txt", VTT)):
        transcript = read(tmp_path, name, text)
        assert transcript.timed and len(transcript.cues) == 2
        assert transcript.notices == ("transcript_wrong_extension",)
    assert not read(tmp_path, "x.txt", "an arrow --> here").timed
