"""Timed forms beside plain SubRip and WebVTT: other captions, printed lines, and damaged ones."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from stages.common.transcripts.cue import Cue, Transcript
from stages.common.transcripts.timestamps import webvtt_time
from tests.support.transcripts import read, reason

TIMES = [(0.5, 2.0), (2.5, 4.0), (4.5, 6.0), (6.5, 9.0)]
SAID = ["Did it rain on you?", "All the way, and then some.", "Is the coat dry now?", "Nearly."]
PLAIN = [Cue(start, end, words) for (start, end), words in zip(TIMES, SAID, strict=True)]
NAMES = ["Therapist", "Client"] * 2
NAMED = [Cue(c.start, c.end, c.text, name) for c, name in zip(PLAIN, NAMES, strict=True)]


def srt(form: str = "{words}", names: tuple[str, str] = ("T", "C"), block: str = "") -> str:
    block = block or "{n}\n{start} --> {end}\n{text}\n\n"
    rows = zip(TIMES, names * 2, SAID, strict=True)
    return "".join(
        block.format(
            n=n, start=webvtt_time(start).replace(".", ","),
            end=webvtt_time(end).replace(".", ","),
            text=form.format(name=name, words=words),
        )
        for n, ((start, end), name, words) in enumerate(rows, 1)
    )  # fmt: skip


def vtt(*args: object, **kwargs: object) -> str:
    times = srt(*args, **kwargs)  # type: ignore[arg-type]
    return "WEBVTT\n\n" + "".join(
        line.replace(",", ".") if "-->" in line else line for line in times.splitlines(True)
    )


def cues(folder: Path, name: str, text: str) -> list[Cue]:
    return read(folder, name, text).cues


@pytest.mark.parametrize(
    "text",
    [
        srt(),
        srt().replace("\n", "\r\r\n"),
        srt().replace("\n", "\r"),
        srt(block="{n}\n\n{start} --> {end}\n{text}\n\n"),
        srt(block="{n}\n\n{start} --> {end}\n\n{text}\n\n\n"),
        srt(block="{n}\n{start} --> {end}\n{text}\n"),
        srt(block="{start} --> {end}\n{text}\n\n"),
        srt("<font color='red'>{words}</font>"),
        srt("{{\\an8}}{words}"),
    ],
)
def test_subrip_as_programs_write_it(tmp_path: Path, text: str) -> None:
    assert cues(tmp_path, "x.srt", text) == PLAIN


def test_entities_are_characters(tmp_path: Path) -> None:
    text = srt("{words}&nbsp;R&amp;D &lt;so&#39;s&gt; R&D &c")
    assert cues(tmp_path, "x.srt", text)[3].text == "Nearly. R&D \ue000 R&D &c"
    assert cues(tmp_path, "x.txt", "T: Q&amp;A.\nC: It&#39;s fine.")[1].text == "It's fine."


@pytest.mark.parametrize(
    "text",
    [
        vtt(),
        vtt(block="{start} --> {end}\n{text}\n"),
        vtt(block="{n}\n{start} --> {end}\n{text}\n"),
        vtt(block="name {n}\n{start} --> {end} align:start\n{text}\n\n"),
        vtt() + "NOTE the end\nof it\n\nand more of it\n",
        "WEBVTT - a\nKind: captions\nLanguage: en\n\n" + vtt().partition("\n\n")[2],
    ],
)
def test_webvtt_as_programs_write_it(tmp_path: Path, text: str) -> None:
    assert cues(tmp_path, "x.vtt", text) == PLAIN


def test_text_after_a_blank_line_is_not_lost(tmp_path: Path) -> None:
    for name, text in (("x.vtt", vtt()), ("x.srt", srt()), ("x.txt", srt())):
        for old, new in ((" it ", " it\n\n"), (" way, ", "\n\n\nway, "), ("now?", "\n \nnow?")):
            broken = text.replace(old, new)
            assert broken != text and [c.text.split() for c in cues(tmp_path, name, broken)] == [
                words.split() for words in SAID
            ]


@pytest.mark.parametrize(
    "form",
    ["{name}: {words}", "{name}:{words}", ">> {name}: {words}", "**{name}:** {words}",
     "{name} (crying): {words}", "({name}) {words}", "[{name}] {words}", "{name}> {words}",
     "- {name}: {words}", "{name}\uff1a{words}", "\u200e{name}: {words}", "[{name}]: {words}",
     "<b>{name}:</b> {words}", "<i>{name}: {words}</i>", "{name}\n{words}", "{name}:\n{words}"],
)  # fmt: skip
def test_labels_in_cues(tmp_path: Path, form: str) -> None:
    for names in (("T", "C"), ("THERAPIST", "CLIENT"), ("t", "c"), ("Therapist", "Client")):
        assert cues(tmp_path, "x.srt", srt(form, names)) == NAMED
        assert cues(tmp_path, "x.vtt", vtt(form, names)) == NAMED
    if "[{name}] " not in form:
        found = cues(tmp_path, "x.srt", srt(form, ("Anna-Lena", "Tom Hill")))
        assert [cue.speaker for cue in found] == ["Anna-Lena", "Tom Hill"] * 2


def test_labels_of_some_cues(tmp_path: Path) -> None:
    text = srt("{words}").replace("Did it", "ANNA: Did it").replace("Is the", ">> Is the")
    assert [(cue.speaker, cue.text) for cue in cues(tmp_path, "x.srt", text)] == list(
        zip(["ANNA", "", "", ""], SAID, strict=True)
    )


def test_several_speakers_in_a_cue(tmp_path: Path) -> None:
    for inner in ("T: Did it? C: No.", "T: Did it?\nC: No.", ">> T: Did it? >> C: No.",
                  "- T: Did it?\n- C: No."):  # fmt: skip
        text = srt("{name}: {words}").replace("T: Is the coat dry now?", inner)
        found = cues(tmp_path, "x.srt", text)[2]
        assert (found.speaker, found.text) == ("", "Did it? No.")
    for dash in ("- ", "-", "\u2013 "):
        inner = f"{dash}Did it?\n{dash}No."
        found = cues(tmp_path, "x.srt", srt("{words}").replace("Is the coat dry now?", inner))[2]
        assert (found.speaker, found.text) == ("", "Did it? No.")
    text = srt(">> {words}").replace("coat dry", "coat >> dry")
    assert [cue.text for cue in cues(tmp_path, "x.srt", text)] == SAID


def test_numbered_turns_in_cues(tmp_path: Path) -> None:
    text = srt("{words}")
    for label, words in zip(("T1", "C1", "T2", "C2"), SAID, strict=True):
        text = text.replace(words, f"{label}: {words}")
    assert cues(tmp_path, "x.srt", text) == NAMED


@pytest.mark.parametrize(
    "said",
    ["He said: no.", "Note to self: eat.", "Dear Ann: it began.", "At 10:30: coffee.",
     "So: we left.", "vitamin\nc: it helps", "He asked the\nspeaker: why?", "https://x.org: down",
     "What I mean: no.", "(I think) so.", "So - well."],
)  # fmt: skip
def test_speech_in_cues_is_no_label(tmp_path: Path, said: str) -> None:
    for form in ("{words}", "{name}: {words}"):
        text = srt(form).replace("Is the coat dry now?", said)
        cue = cues(tmp_path, "x.srt", text)[2]
        assert cue.text == " ".join(said.split())
        assert cue.speaker == ("" if form == "{words}" else "Therapist")


def rolling(tags: bool) -> str:
    """As YouTube writes: a new line with the one before above it, then both for an instant."""
    lines = ["did it rain", "on you all", "the way home", "or not at all"]
    text, above = "WEBVTT\nKind: captions\n\n", " "
    for n, line in enumerate(lines):
        first, *rest = line.split()
        new = first + "".join(f"<00:00:0{2 * n}.500><c> {word}</c>" for word in rest)
        text += f"00:00:0{2 * n}.000 --> 00:00:0{2 * n + 1}.990 align:start position:0%\n"
        text += f"{above}\n{new if tags else line}\n\n"
        text += f"00:00:0{2 * n + 1}.990 --> 00:00:0{2 * n + 2}.000 align:start position:0%\n"
        text += f"{line}\n \n\n"
        above = line
    return text


@pytest.mark.parametrize("tags", [True, False])
def test_rolling_captions_say_words_once(tmp_path: Path, tags: bool) -> None:
    expected = ["did it rain", "on you all", "the way home", "or not at all"]
    found = cues(tmp_path, "x.vtt", rolling(tags))
    assert [cue.text for cue in found] == expected
    assert [cue.start for cue in found] == [0, 2, 4, 6]
    subrip = "".join(
        f"{n}\n{block.replace('.', ',')}\n\n"
        for n, block in enumerate(rolling(False).split("\n\n")[1:], 1)
        if block.strip()
    ).replace(" align:start position:0%", "")
    assert [cue.text for cue in cues(tmp_path, "x.srt", subrip)] == expected


def test_captions_that_grow_say_words_once(tmp_path: Path) -> None:
    grown = [
        "so",
        "so then",
        "so then we",
        "so then we left",
        "and",
        "and nobody",
        "and nobody came",
    ]
    text = "".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{words}\n\n" for n, words in enumerate(grown, 1)
    )
    found = cues(tmp_path, "x.srt", text)
    assert " ".join(cue.text for cue in found) == "so then we left and nobody came"


def test_speech_that_repeats_is_no_rolling(tmp_path: Path) -> None:
    said = ["Yeah.", "Yeah.", "Yeah.", "I know.", "I know.", "No no no.", "No no no.", "No."]
    text = "".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{words}\n\n" for n, words in enumerate(said, 1)
    )
    assert [cue.text for cue in cues(tmp_path, "x.srt", text)] == said


@pytest.mark.parametrize(
    "form",
    ["[{a:.2f}s -> {b:.2f}s] {words}", "[{a:.2f}s -> {b:.2f}s]  {words}", "[{a} --> {b}] {words}",
     "Transcript: [{a} --> {b}]  {words}", "[00:0{a:.3f} --> 00:0{b:.3f}]  {words}",
     "[00:00:0{a:.3f} --> 00:00:0{b:.3f}]   {words}"],
)  # fmt: skip
def test_printed_lines(tmp_path: Path, form: str) -> None:
    rows = zip(TIMES, SAID, strict=True)
    text = "\n".join(form.format(a=a, b=b, words=words) for (a, b), words in rows)
    above = "Detecting language using up to the first 30 seconds.\nDetected language: English\n"
    log = (
        "whisper_model_load: loading model\nsystem_info: n_threads = 4\n\nmain: processing 'x'\n\n"
    )
    log += f"{text}\n\nwhisper_print_timings:     load time =   113.81 ms\n"
    for content in (text, above + text, text + "\n", log):
        assert read(tmp_path, "x.txt", content) == Transcript(PLAIN, timed=True)
    labelled = "\n".join(
        form.format(a=a, b=b, words=f"{name}: {words}")
        for (a, b), name, words in zip(TIMES, "TCTC", SAID, strict=True)
    )
    assert cues(tmp_path, "x.txt", labelled) == NAMED


def test_sbv(tmp_path: Path) -> None:
    text = "\n\n".join(
        f"0:00:0{start:.3f},0:00:0{end:.3f}\n{words.replace(' ', '[br]', 1)}"
        for (start, end), words in zip(TIMES, SAID, strict=True)
    )
    assert cues(tmp_path, "x.sbv", text) == PLAIN
    assert cues(tmp_path, "x.sbv", text.replace("[br]", "\n\n") + "\n\n") == PLAIN
    assert read(tmp_path, "x.txt", text).notices == ("transcript_wrong_extension",)
    assert reason(tmp_path, "x.sbv", "only words") == "transcript_unreadable"


def test_lrc(tmp_path: Path) -> None:
    rows = list(zip(TIMES, SAID, strict=True))
    lines = [f"[00:0{start:.2f}]{words}" for (start, _), words in rows]
    text = "[ar: x]\n[ti: y]\n[length: 00:09]\n" + "\n".join(lines)
    found = cues(tmp_path, "x.lrc", text)
    assert [(c.start, c.end, c.text) for c in found] == [
        (0.5, 2.5, SAID[0]), (2.5, 4.5, SAID[1]), (4.5, 6.5, SAID[2]), (6.5, 9.0, SAID[3]),
    ]  # fmt: skip
    assert math.isnan(cues(tmp_path, "x.lrc", "\n".join(lines))[-1].end)
    words = "[00:01.00]<00:01.00> Did <00:01.20> it\n[00:02.00]\n[00:03.00]T: rain\n[00:04.00]"
    assert cues(tmp_path, "x.lrc", words) == [Cue(1, 2, "Did it"), Cue(3, 4, "rain", "Therapist")]
    assert read(tmp_path, "x.txt", text).notices == ("transcript_wrong_extension",)
    assert reason(tmp_path, "x.lrc", "only words") == "transcript_unreadable"


def test_an_arrow_in_a_cue_is_no_time(tmp_path: Path) -> None:
    vtt = "WEBVTT\n\n00:00.500 --> 00:02.000\nIt went --> wrong.\n\n00:02.500 --> 00:04.000\nSo.\n"
    srt = vtt.replace("WEBVTT\n\n", "1\n").replace("00:0", "00:00:0").replace(".\n\n", ".\n\n2\n")
    for name, text in (("x.vtt", vtt), ("x.srt", srt)):
        assert [(cue.start, cue.text) for cue in cues(tmp_path, name, text)] == [
            (0.5, "It went --> wrong."), (2.5, "So."),
        ]  # fmt: skip


def test_what_substation_leaves_in_subrip(tmp_path: Path) -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}Did\\Nyou\\hgo?\n"
    assert [cue.text for cue in cues(tmp_path, "x.srt", text)] == ["Did you go?"]
