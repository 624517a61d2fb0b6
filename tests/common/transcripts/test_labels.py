"""Speaker labels as people write them, and speech that only looks like one."""

from __future__ import annotations

from pathlib import Path

import pytest

from stages.common.transcripts import plain_text
from tests.support.transcripts import read

SAID = ["Did you sleep at all?", "Three hours, maybe four.", "And the nights before?", "Less."]
BOTH = ["Therapist", "Client"]


def turns(text: str) -> list[tuple[str, str]]:
    return [(cue.speaker, cue.text) for cue in plain_text.parse(text)]


def talk(form: str, first: str, second: str, between: str = "\n") -> str:
    """The sentences of SAID, each after a label; {n} counts them, {k} the pairs."""
    names = [first, second] * 2
    return between.join(
        form.format(name=name, words=words, n=n + 1, k=n // 2 + 1)
        for n, (name, words) in enumerate(zip(names, SAID, strict=True))
    )


@pytest.mark.parametrize(
    "form",
    [
        "{name}: {words}", "{name}:{words}", "\u2022 {name}: {words}", "\u2022\t{name}: {words}",
        "* {name}: {words}", "- {name}: {words}", "\u2013 {name}: {words}", ">> {name}: {words}",
        ">>{name}: {words}", "**{name}:** {words}", "**{name}**: {words}", "*{name}:* {words}",
        "__{name}:__ {words}", "__{name}__: {words}", "_{name}_: {words}", "{name}\uff1a{words}",
        "{name}\uff1a {words}", "\u200e{name}\u200e: {words}", "\u202a{name}\u202c: {words}",
        "\u2066{name}\u2069: {words}", "{name}\u200b: {words}", "\ufeff{name}: {words}",
        "{name} (crying): {words}", "{name} (tearful, quietly): {words}", "{name} [sighs]: {words}",
        "{name}> {words}", "({name}) {words}", "[{name}] {words}", "[{name}]: {words}",
        "({name}): {words}", "{name}\t{words}", "{name}   {words}", "{name} | {words}",
        "| {name} | {words} |", "{name}|{words}", "{n}  {name}  {words}", "{n}\t{name}\t{words}",
        "{n} {name} {words}", "{n}. {name}: {words}", "[{n}] {name}: {words}",
        "{n} {name}: {words}",
        "{n:03d} {name}: {words}", "{name}{k}: {words}", "{name}{n}: {words}",
        "{name} {k}: {words}",
        "{name}-{k}: {words}", "#{n} {name}: {words}", "{name}\n{words}", "{name}\n{words}\n",
        "{name}:\n{words}\n", "{name} {k}\n{words}", "[{name}]\n{words}\n", "**{name}**\n{words}\n",
        "00:0{n} {name}: {words}", "[00:00:0{n}] {name}: {words}", "(0{n}:00) {name} {words}",
        "00:0{n}\t{name}\t{words}", "[0:0{n}] {name}\n{words}\n", "{name} [0:0{n}]: {words}",
        "{name}: [00:0{n}] {words}", "{name} (00:0{n}):\n{words}\n", "{name}: (00:0{n})\n{words}\n",
        "{name} - 00:0{n}\n{words}\n", "{name}, 0:0{n}\n{words}\n", "00:0{n} | {name} | {words}",
        "[00:00:0{n}:12] {name}: {words}", "{name}  0:0{n}  \n{words}\n",
        "{n}\t00:00:0{n}\t{name}\t{words}",
        "\n[0:0{n}]\n{name}: {words}",
        "00:00:0{n} - {name}: {words}", "{name} ({n}): {words}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("names", [("T", "C"), ("Therapist", "Client"), ("THERAPIST", "CLIENT")])
def test_roles(form: str, names: tuple[str, str]) -> None:
    assert turns(talk(form, *names)) == list(zip(BOTH * 2, SAID, strict=True))


@pytest.mark.parametrize(
    "form",
    [
        "{name}: {words}", "\u2022 {name}: {words}", "**{name}:** {words}", "{name}:\n{words}\n",
        "{name} (quietly): {words}", "{name}  0:0{n}\n{words}\n", "{name}\t{words}",
        "[{name}] 10:02:0{n}\n{words}\n", "{name}\n{words}\n", "{name} | {words}",
        "{name} - {words}",
        "{name}\uff1a{words}", ">> {name}: {words}", "(0:0{n}) {name}: {words}",
        "{name} [00:00:0{n}] {words}",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "names",
    [
        ("Anna", "Tom"), ("Anna-Lena", "Jean-Luc"), ("Co-Therapist", "Anna-Lena"),
        ("\u00c9lodie", "Zo\u00eb"),
        ("Speaker A", "Speaker B"), ("Therapist #1", "Client #1"), ("iPhone von Sam", "eBay Bern"),
        ("Alex Reed", "Jo Marsh"), ("Dr. Mary Ann Hill", "Mr O'Neil"), ("SPEAKER_00", "SPEAKER_01"),
        ("Speaker 1", "Speaker 2"), ("ANNA", "TOM"), ("AR", "JM"), ("Maria del Mar", "Ana"),
    ],
)  # fmt: skip
def test_names(form: str, names: tuple[str, str]) -> None:
    assert turns(talk(form, *names)) == list(zip(names * 2, SAID, strict=True))


@pytest.mark.parametrize("form", ["{name}: {words}", "{name}:{words}", "- {name}: {words}"])
def test_names_in_lower_case(form: str) -> None:
    assert turns(talk(form, "anna", "tom")) == list(zip(["anna", "tom"] * 2, SAID, strict=True))


def test_other_names() -> None:
    for names in (
        ("MR. HILL", "THE WITNESS"),
        ("\u533b\u751f", "\u75c5\u4eba"),
        ("M", "P1"),
        ("Q", "A"),
    ):
        assert turns(talk("{name}: {words}\n", *names)) == list(zip(names * 2, SAID, strict=True))
    assert turns(talk("{name}. {words}", "T", "C")) == list(zip(BOTH * 2, SAID, strict=True))


def test_names_in_brackets() -> None:
    for names in (("Anna", "Tom"), ("Alex Reed", "Jo Marsh"), ("SPEAKER_00", "SPEAKER_01")):
        for form in ("[{name}] {words}", "({name}) {words}"):
            assert turns(talk(form, *names)) == list(zip(names * 2, SAID, strict=True))
    # Capitals in brackets are a word that was removed.
    assert {speaker for speaker, _ in turns(talk("[{name}] {words}", "ANNA", "TOM"))} == {""}


def test_a_name_that_speaks_once() -> None:
    start = talk("{name}: {words}", "Anna", "Tom")
    for name in ("Mr Hill", "Nurse", "Receptionist", "Li", "Jos\u00e9"):
        assert turns(f"{start}\n{name}: May I come in?\nAnna: Please.")[4:] == [
            (name, "May I come in?"), ("Anna", "Please."),
        ]  # fmt: skip
    apart = talk("{name}: {words}\n", "T", "C") + "\nSusan: May I come in?\nI was\nearly."
    assert turns(apart)[-1] == ("Susan", "May I come in? I was early.")


def test_both_speak() -> None:
    assert turns("T: Hello.\nC: Hi.\nBoth: Yes.\nT: So?\nBoth of us: no.")[2:] == [
        ("Both", "Yes."), ("Therapist", "So? Both of us: no."),
    ]  # fmt: skip


def test_times_in_a_column() -> None:
    for form in (
        "{name}\t0:0{n}\t{words}",
        "{name} | 0:0{n} | {words}",
        "{name}:\t0:0{n}\t{words}",
    ):
        cues = plain_text.parse(talk(form, "Anna", "Tom"))
        assert [(cue.start, cue.speaker, cue.text) for cue in cues] == [
            (n, name, words)
            for n, (name, words) in enumerate(zip(["Anna", "Tom"] * 2, SAID, strict=True), 1)
        ]
    assert turns(talk("{name}\t10:30 {words}", "T", "C"))[0] == (BOTH[0], f"10:30 {SAID[0]}")


def test_two_names_that_speak_once_each() -> None:
    assert turns("Anna: Hello.\nTom: Hi.") == [("Anna", "Hello."), ("Tom", "Hi.")]
    assert turns("anna: Hello.\ntom: Hi.") == [("anna", "Hello."), ("tom", "Hi.")]


def test_a_couple_keeps_its_numbers() -> None:
    text = "T: And you?\nC1: I left.\nC2: You did.\nC1: I had to.\nT: Why?\nC2: See?"
    assert [speaker for speaker, _ in turns(text)] == [
        "Therapist",
        "C1",
        "C2",
        "C1",
        "Therapist",
        "C2",
    ]
    text = talk("Speaker {n}: {words}", "", "")
    assert [speaker for speaker, _ in turns(text)] == [f"Speaker {n}" for n in range(1, 5)]


@pytest.mark.parametrize("between", [" ", "  ", " \u2013 ", " [laughs] "])
def test_several_turns_on_one_line(between: str) -> None:
    for names in (("T", "C"), ("Therapist", "Client"), ("Anna", "Tom")):
        line = talk("{name}: {words}", *names, between=between)
        if names == ("Anna", "Tom"):
            line += "\nTom: Yes.\nAnna: No.\nTom: Oh."
        found = turns(line)[:4]
        assert [words.split(" \u2013")[0].split(" [")[0] for _, words in found] == SAID
        assert [speaker for speaker, _ in found] == (
            BOTH if "T" in names[0][0] else list(names)
        ) * 2


def test_turns_on_one_line_without_stops() -> None:
    line = "T: did you sleep C: three hours T: and before C: less"
    assert turns(line) == [
        ("Therapist", "did you sleep"), ("Client", "three hours"), ("Therapist", "and before"),
        ("Client", "less"),
    ]  # fmt: skip


def test_a_turn_that_begins_inside_a_line_that_goes_on() -> None:
    assert turns("T: And\nthen? C: No. T: Why?\nWhy? C: So.\nT: Oh.") == [
        ("Therapist", "And then?"), ("Client", "No."), ("Therapist", "Why? Why?"),
        ("Client", "So."), ("Therapist", "Oh."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "So - well, I tried.\nSo - well, I did again.\nThen we stopped.",
        "We met at 10:30 and left.\n10:30 is too early for me.\nAt 9:15: coffee.",
        "It was 9:15 am when she called.\nIt was 10:20 when she left.",
        "Note to self: call the surgery.\nI wrote that down.",
        "Note to self: call.\nNote to self: eat.\nNote to self: sleep.",
        "He said: no.\nThen she said: yes.\nI left.",
        "Mum said: no.\nMum said: never.\nMum said: go.",
        "Dear John: I am leaving.\nThat is what the letter said.",
        "Dear John: I am leaving.\nDear Jane: so am I.",
        "I read it on https://example.org/help: it was fine.\nhttp://example.org helped me.",
        "https://example.org/a\nhttps://example.org/b",
        '"Anna: come home" was the text.\n"Tom: never" was mine.',
        "\u201cAnna: come home\u201d was the text.\n\u201cTom: never\u201d was mine.",
        "The point: nobody asked.\nMy fear: they all know.\nMy hope: they forget.",
        "So: I went.\nSo: I came back.\nNothing else.",
        "Honestly: it was bad.\nHonestly: it was.\nWell.",
        "10 years ago we moved.\n12 years ago we met.\n3 of us lived there.",
        "1 of them left.\n2 of them stayed.\n3 came back.",
        "3 < 4 and 5 > 2, he says.\nC++ is hard.\nQ&A helped.",
        "I slept  well that  night.\nWe  went home.",
        "Either | or, he wrote.\nNothing more.",
        "It was hard - really hard.\nShe left - I stayed.",
        "Will: a strong word.\nI like it.",
        "Session went well I think.\nWe talked a lot.",
        "C:\\Users is where it was.\nD:\\Data was empty.",
        "Monday: nothing. Tuesday: nothing.\nWednesday: I got up.",
        "Ratio 3:1 in June.\nPsalm 23:4 helped.\nJohn 3:16 too.",
        "(I think) he left.\n(I know) he did.",
        "[NAME] called me.\n[NAME] called again.\nI did not answer.",
        "I\nam\ntired\nof\nall\nthis.",
        "Re: your letter.\nPS: I miss you.",
        "And then: nothing. And then: more.\nAnd then: silence.",
        "What I did: sleep.\nWhat I did not: eat.",
        "It's like this: I wait.\nIt's like that: I wait.",
        "I'm telling you: no.\nI've told you: no.",
        "Dann: nichts.\nDann: wieder nichts.\nEr sagte: nein.",
        "Alors: rien.\nAlors: encore rien.\nIl a dit: non.",
        "Entonces: nada.\nEntonces: otra vez.",
        "\tSo: we left.\n\tAnd I said: no.\n\tThen: nothing.",
        "  I slept.\n  Anna: the name.\n  We left.",
        "OK\nI slept.\nOK\nWe left.\nFINE\nNO\nFINE",
        "OK: so we left.\nOK: so we came back.\nNO: not again.",
        "(Pause)\nI slept.\n(Laughs)\nWe left.\n(Pause)\nSo.\n(Laughs)\nNo.",
        "re:Monday it was.\nre:Tuesday too.\nre:all of it.",
    ],
)
def test_speech_without_labels_stays_whole(text: str) -> None:
    found = turns(text)
    assert {speaker for speaker, _ in found} == {""}
    assert " ".join(words for _, words in found).split() == text.split()


@pytest.mark.parametrize(
    "said",
    [
        "Plan: call my sister. Reason: I miss her.",
        "I told him: no. He asked the Doctor: no help there.",
        "We had plan B: leave early. And plan C: never go.",
        "Vitamin C: did you take it?",
        "At 10:30 we left - all of us.",
        "He shouted: Client: a hard word.",
        "It says on www.example.org: call us.",
        "Tick T\u2014tock.",
        "So - well - no.",
        "The text said (Anna: come home) and I went.",
        'I wrote "Dear T: goodbye" and stopped.',
    ],
)
def test_a_colon_inside_a_turn_is_no_label(said: str) -> None:
    text = f"T: What then?\nC: {said}\nT: Go on.\nC: That is all."
    assert turns(text) == [
        ("Therapist", "What then?"), ("Client", said), ("Therapist", "Go on."),
        ("Client", "That is all."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ["So: I told her.", "He said: no.", "toast: burnt.",
     "At 10:30 we left - all of us.", "Note: it rained.",
     "Dear Ann: it began.", "Plan: sleep.", "Honestly: no.", "what I mean: no.", "Yes - and no.",
     "Step 1: breathe.", "Reason 2: none.", "Page 4: nothing.", "http://x.org: down.",
     "Then: nothing.", "(quietly) I left.", "10 of us: all.", "\u2022 one thing", "- and another"],
)  # fmt: skip
def test_a_line_of_a_turn_is_no_turn(line: str) -> None:
    text = f"T: And then?\n{line}\nC: I see the mother, the step and the page.\nT: Go on.\nC: No."
    assert turns(text)[:2] == [
        ("Therapist", f"And then? {line}"),
        ("Client", "I see the mother, the step and the page."),
    ]


@pytest.mark.parametrize("tail", ["...", "\u2013", "\u2026", "/", "\U0001f642", "((sighs))", "- -"])
def test_turns_with_a_word_without_letters_keep_their_speaker(tmp_path: Path, tail: str) -> None:
    for form in (f"{{name}}: {{words}} {tail}", f"{{name}}: {tail} {{words}}"):
        cues = read(tmp_path, "x.txt", talk(form, "T", "C")).cues
        assert [cue.speaker for cue in cues] == BOTH * 2
        assert all(words in cue.text for words, cue in zip(SAID, cues, strict=True))


@pytest.mark.parametrize(
    "text",
    ["Ann Lee Reed Poe: Hello.", "- Hello.\n- Hi.\n- So.", "one->Hello.\nx: Hi.\ntwo->So.\nz: No.",
     "A. Hello.\nB. Hi.", "T. Hello.\nWe left.\nSo then.\nC. Hi."],
)  # fmt: skip
def test_an_unknown_label_changes_no_word(text: str) -> None:
    words = " ".join(cue.text for cue in plain_text.parse(text)).split()
    assert words == [word for word in text.split() if word != "-"]


@pytest.mark.parametrize(
    ("text", "noticed"),
    [
        ("- Hello there.\n- Hi.\n- How are you?", True),
        ("\u2014 Hello there.\n\u2014 Hi.", True),
        ("ann\tHello there.\nbob\tHi.\nann\tSo.\nbob\tYes.", True),
        ("x1: Hello.\nWell\nx2: Hi.", True),
        ("T) Hello.\nC) Hi.\nT) So?\nC) No.", True),
        ("T; Hello.\nC; Hi.\nT; So?\nC; No.", True),
        ('"T": Hello.\n"C": Hi.\n"T": So?\n"C": No.', True),
        ("T/C: Hello.\nC/P: Hi.\nT/C: So?\nC/P: No.", True),
        ("(I) think.\n(We) know.\nSo\nthen.", False),
        ("Hello there.\nHi.", False),
        ("He said: no.\nThen she said: yes.", False),
        ("We met at 10:30.\nWe left at 11:00.", False),
        ("T: Hello.\nC: Hi.", False),
    ],
)
def test_lines_like_turns_without_a_label_give_a_notice(text: str, noticed: bool) -> None:
    assert ("no_labels" in plain_text.read(text)[1]) == noticed


def test_the_other_persons_words_at_a_lines_start(tmp_path: Path) -> None:
    text = "T: So I said\n(C: mm) and then\n[C: yeah] we left.\n"
    for name, begin in (("x.txt", ""), ("x.srt", "1\n00:00:01,0 --> 00:00:02,0\n")):
        transcript = read(tmp_path, name, begin + text)
        assert transcript.cues[0].text == "So I said and then we left."
        assert transcript.cues[0].speaker == "Therapist" and transcript.marks == {"overlap": 2}


def test_a_change_of_speakers_in_captions() -> None:
    assert turns(">> Did you go? >> No.\nNot at all. >>Why?") == [
        ("", "Did you go?"), ("", "No. Not at all."), ("", "Why?"),
    ]  # fmt: skip
    assert turns(">> T: Did you go? >> C: No. >> I see.") == [
        ("Therapist", "Did you go?"), ("Client", "No."), ("", "I see."),
    ]  # fmt: skip
    assert turns("3 >> 2, he says.") == [("", "3 >> 2, he says.")]


def test_turns_that_are_indented() -> None:
    for before in ("\t", "    "):
        text = talk(before + "{name}: {words}", "T", "C")
        assert turns(text) == list(zip(BOTH * 2, SAID, strict=True))
    hanging = talk("{name}:\t{words}\n\tand so on", "Anna", "Tom")
    assert [words for _, words in turns(hanging)] == [f"{words} and so on" for words in SAID]


def test_a_turn_that_is_a_time() -> None:
    text = "T: Hello.\nC: Hi.\nT: When was it?\nC: 10:30\nT: At night?\nC: (10:31)"
    assert turns(text)[2:5] == [
        ("Therapist", "When was it?"), ("Client", "10:30"), ("Therapist", "At night?"),
    ]  # fmt: skip
    assert len(turns(text.replace("(10:31)", "No."))) == 6


def test_times_beside_labels_are_kept() -> None:
    for form in (
        "{name}  0:0{n}\n{words}\n",
        "[00:00:0{n}] {name}: {words}",
        "0:0{n} {name}: {words}",
    ):
        assert [cue.start for cue in plain_text.parse(talk(form, "T", "C"))] == [1, 2, 3, 4]
    of_day = talk("[{name}] 10:02:0{n}\n{words}\n", "Anna", "Tom")
    assert {cue.start for cue in plain_text.parse(of_day)} == {0.0}
