"""Three hundred bad inputs for the sessions folder, each with one thing wrong, made from scratch.

Kinds come from public reports of people who do this job: what programs write by mistake, what file
systems allow, and what somebody might write on purpose. `write_all` makes a recording and a
transcript for each; one of the two is without fault.
"""

from __future__ import annotations

import io
import json
import os
import socket
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import soundfile

from tests.support.mini_project import MiniProject, srt, tone, voice

SENTENCE = "So how was the garden after all that rain?"
_HEAD = "WEBVTT\n\n00:00:00.500 --> 00:00:02.500\n"
_CUE = "1\n00:00:00,500 --> 00:00:02,500\n"


@dataclass(frozen=True)
class BadInput:
    stem: str
    make: Callable[[MiniProject, str], object]
    """Writes the recording and its transcript under the stem."""


def bad_inputs() -> list[BadInput]:
    made: list[BadInput] = []
    for kind, makes in (
        ("long", _long_texts()), ("text", _broken_texts()), ("json", _json()), ("xml", _xml()),
        ("packed", _packed()), ("bytes", _encodings()), ("sound", _sounds()), ("cut",
        _cut_sounds()),
        ("file", _files()),
    ):  # fmt: skip
        made += [BadInput(f"{kind} {number}", make) for number, make in enumerate(makes)]
    return made


def write_all(mini: MiniProject) -> list[str]:
    """Write them. Returns: their stems, and so the names of the recordings."""
    model = mini.audio("model.wav").rename(mini.root / "model.wav")
    inputs = bad_inputs()
    for each in inputs:
        each.make(mini, each.stem)
    model.unlink()
    return [each.stem for each in inputs]


Make = Callable[[MiniProject, str], object]


def _sound(mini: MiniProject, stem: str) -> None:
    """A recording without fault: a hard link, for three hundred times its bytes is much."""
    os.link(mini.root / "model.wav", mini.sessions / "audio" / f"{stem}.wav")


def _transcript(suffix: str, content: str | bytes) -> Make:
    def make(mini: MiniProject, stem: str) -> None:
        _sound(mini, stem)
        data = content if isinstance(content, bytes) else content.encode(errors="surrogatepass")
        (mini.sessions / "transcripts" / f"{stem}{suffix}").write_bytes(data)

    return make


def _recording(suffix: str, data: Callable[[], bytes]) -> Make:
    def make(mini: MiniProject, stem: str) -> None:
        (mini.sessions / "audio" / f"{stem}{suffix}").write_bytes(data())
        mini.transcript(f"{stem}.txt", f"T: {SENTENCE}\n")

    return make


def _long_texts() -> Iterator[Make]:
    """Texts on which patterns backtrack, and texts that are far too long."""
    pumps = [
        "." * 28, " " * 4_000, "1:" * 8_000, "\t" * 20_000, "(" * 20_000, "[" * 20_000,
        "<" * 20_000,
        "<a" + " " * 4_000, "<v" + "." * 28, "<v" + " " * 20_000, "a-" * 10_000, "=" * 20_000,
        "*" * 20_000, "_" * 20_000, "?" * 20_000, ",111" * 5_000, "1" * 20_000, "\u00a0" * 20_000,
        "&" * 20_000, "{" * 20_000, "((" + "a " * 10_000, "\u200b" * 20_000, "--" * 10_000,
        "A." * 10_000,
        "<unsure>" * 2_500, "T: " * 8_000, "'" * 20_000, "e\u0301" * 10_000,
    ]  # fmt: skip
    for pump in pumps:
        yield _transcript(".vtt", f"{_HEAD}{pump} {SENTENCE}\n")
        yield _transcript(".txt", f"T: {SENTENCE}\nC{pump}: {SENTENCE}\n")
        yield _transcript(".srt", f"{_CUE}{SENTENCE} {pump}\n")
    for spaces in (" " * 20_000, "\t" * 20_000, " \u00a0" * 10_000):
        yield _transcript(".txt", f"T: {SENTENCE}\n{spaces}C: {SENTENCE}\n")
        yield _transcript(".txt", f"{spaces}{SENTENCE}")
    for lines in (
        "\n" * 500_000,
        " \n" * 200_000,
        "T:\n" * 100_000,
        "-\n" * 100_000,
        "a\n" * 60_000,
    ):
        yield _transcript(".txt", lines)
        yield _transcript(".vtt", _HEAD + lines)
    yield _transcript(".txt", f"T: {SENTENCE} " * 40_000)
    yield _transcript(".txt", b"a" * 65_000_000)
    yield _transcript(".csv", b"start,end,text\n0.5,2.5," + b"a" * 30_000_000)
    yield _transcript(".csv", b'start,end,text\n0.5,2.5,"' + b"a," * 100_000)
    yield _transcript(".csv", b"start,end,text\n" + b"0.5,2.5,a\n" * 100_000)
    yield _transcript(".srt", "\n".join(f"{_CUE}a\n" for _ in range(30_000)))


def _broken_texts() -> Iterator[Make]:
    """Times and structures that are none."""
    nines = "9" * 400
    for time in (
        f"{nines}:00:00,000",
        "00:99:99,999",
        "-1:00:00,000",
        "1e9",
        "NaN",
        "",
        "\u0661:00",
    ):
        yield _transcript(".srt", f"1\n{time} --> 00:00:02,000\n{SENTENCE}\n")
        yield _transcript(".vtt", f"WEBVTT\n\n{time} --> {time}\n{SENTENCE}\n")
    for number in (nines, "1e308", "-5", "nan", "inf", "0x10", "1_000", "\u00b2", "1,5,5"):
        yield _transcript(".csv", f"start,end,text\n{number},2,{SENTENCE}\n")
        yield _transcript(".ctm", f"a 1 {number} 0.5 garden\na 1 1.0 {number} rain\n")
        yield _transcript(".TextGrid", _textgrid(number))
    yield _transcript(".srt", srt((3.0, 1.0, SENTENCE)))
    yield _transcript(".srt", srt((900.0, 901.0, SENTENCE)))
    yield _transcript(".srt", srt((0.5, 2.5, "[inaudible]")))
    yield _transcript(".srt", srt((0.5, 2.5, "")))
    yield _transcript(".vtt", "WEBVTT\n")
    yield _transcript(".vtt", "WEBVTT\n\nNOTE reviewed\n")
    yield _transcript(".txt", "[laughs] (sighs)")
    yield _transcript(".cha", "@UTF8\n@Begin\n*THE:\t\u001512_\u0015 0 .\n@End\n")
    yield _transcript(".lrc", "[99:99.99]\n[00:00.10]\n")
    yield _transcript(".stm", f"a 1 T {nines} 1 {SENTENCE}\n")
    yield _transcript(".sbv", f"0:00:03.000,0:00:01.000\n{SENTENCE}\n")


def _textgrid(number: str) -> str:
    return (
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n4\n<exists>\n1\n'
        f'"IntervalTier"\n"Client"\n0\n4\n{number}\n0.5\n{number}\n"{SENTENCE}"\n'
    )


def _json() -> Iterator[Make]:
    zeros = "0" * 400
    for start in (
        f"1{zeros}",
        f"1{'0' * 5000}",
        "1e999",
        "-1",
        "NaN",
        "Infinity",
        '"\\ud83d"',
        "[]",
        "{}",
    ):
        row = f'{{"start": {start}, "end": 2.5, "text": "{SENTENCE}"}}'
        yield _transcript(".json", f'{{"segments": [{row}]}}')
        offsets = f'{{"offsets": {{"from": {start}, "to": 2}}, "text": "{SENTENCE}"}}'
        yield _transcript(".json", f'{{"transcription": [{offsets}]}}')
    for text in ("\\ud83d", "So \\udc00 how", "\\u0000", "\\ue000"):
        yield _transcript(
            ".json", f'{{"segments": [{{"start": 0.5, "end": 2.5, "text": "{text}"}}]}}'
        )
    for text in (
        "[" * 100_000, '{"a":' * 100_000, "[" + "[]," * 500_000 + "[]]", "{", "[]", "{}", "null",
        '"a"',
        '{"segments": [1, 2]}', '{"segments": {"a": 1}}', '{"results": {"items": [[]]}}',
        '{"results": {"channels": [{"alternatives": [{"words": [{"word": 5}]}]}]}}',
        '{"monologues": [{"elements": "a"}]}', '{"utterances": [{"start": "a"}]}',
        '{"words": [{"word": null}]}', '{"response": {"results": [{"alternatives": 1}]}}',
        '{"recognizedPhrases": [{"offset": "PT' + "9" * 400 + 'S"}]}',
        '{"speakers": [{"timestamp": [1, 2, 3], "text": "a"}]}',
    ):  # fmt: skip
        yield _transcript(".json", text)
    cue = {"start": 0.5, "end": 2.5, "text": SENTENCE}
    yield _transcript(".json", json.dumps({"segments": [cue] * 100_000}))


def _xml() -> Iterator[Make]:
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 10}">' for n in range(10)
    )
    tier = '<TIER TIER_ID="Client"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a" {}>{}'
    slots = '<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="{}"/></TIME_ORDER>'
    document = "<ANNOTATION_DOCUMENT>{}</ANNOTATION_DOCUMENT>"
    bomb = f"<!DOCTYPE ANNOTATION_DOCUMENT [{entities}]>" + document.format("&e9;")
    for text in (
        f'<?xml version="1.0"?>{bomb}', bomb,
        document.format("<a>" * 100_000), document.format(slots.format("9" * 400)),
        document.format(slots.format("nan") + tier.format("", "")), document.format("&lol;"),
        document.format(slots.format("1")) * 2, "<ANNOTATION_DOCUMENT" + " a='1'" * 50_000,
        document.format("<TIER/>" * 100_000),
    ):  # fmt: skip
        yield _transcript(".eaf", text)
    for text in (
        "<html><body>" + "<div>" * 50_000,
        "<tt><body/></tt>",
        "<?xml version='1.0'?><a/>",
    ):
        yield _transcript(".txt", text)
    for text in (
        "{\\rtf1 " + "{" * 100_000,
        "{\\rtf1 \\u-10179? a}",
        "{\\rtf1",
        "{\\rtf1 \\bin999999999 a}",
    ):
        yield _transcript(".rtf", text)


def _docx(body: str, **parts: bytes) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    package = "http://schemas.openxmlformats.org/package/2006"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
            f'"/word/document.xml" ContentType="{main}"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}" '
            'Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>',
        )
        for name, content in parts.items():
            archive.writestr(f"word/{name}.xml", content)
    return data.getvalue()


def _packed() -> Iterator[Make]:
    whole = _docx(f"<w:p><w:r><w:t>T: {SENTENCE}</w:t></w:r></w:p>")
    yield _transcript(".docx", _docx("<w:p/>" * 1_000_000))
    yield _transcript(".docx", _docx("<w:p>" * 5_000 + "</w:p>" * 5_000))
    yield _transcript(".docx", _docx("", bomb=b"\0" * 300_000_000))
    yield _transcript(".docx", _docx(f"<w:p><w:r><w:t>{'a' * 20_000_000}</w:t></w:r></w:p>"))
    yield _transcript(".docx", _docx("&lol;"))
    yield _transcript(".docx", _docx(""))
    for length in (10, 100, len(whole) // 2, len(whole) - 10):
        yield _transcript(".docx", whole[:length])
    flipped = bytearray(whole)
    flipped[60:80] = b"\xff" * 20
    yield _transcript(".docx", bytes(flipped))
    yield _transcript(".docx", b"PK\x05\x06" + b"\0" * 18)
    yield _transcript(".txt", b"%PDF-1.7\n" + b"\xff" * 5_000)
    yield _transcript(".doc", b"\xd0\xcf\x11\xe0" + b"\0" * 5_000)


def _encodings() -> Iterator[Make]:
    text = f"T: {SENTENCE} Caf\u00e9, na\u00efve.\n"
    for data in (
        b"", b"\0", b"\n", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff\0", b"\0" * 5_000,
        text.encode("utf-32"), text.encode("utf-16-le")[:-1], text.encode("cp037"),
        text.encode("utf-8") + b"\xff\xfe", b"\x80" * 5_000, bytes(range(256)) * 20,
        b"\x1b[2J" * 500,
        text.encode("utf-16") + b"\0", text.encode("utf-7"), b"\xed\xa0\xbd" * 100,
    ):  # fmt: skip
        yield _transcript(".txt", data)


def _wav(samples: int, *, rate: int = 16_000, channels: int = 1, size: int | None = None) -> bytes:
    """A WAV file of a quiet tone whose header may state other facts than the data has."""
    values = (tone(max(samples, 1) / 16_000)[:samples, 0] * 32_767).astype("<i2").tobytes()
    stated = len(values) if size is None else size
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2 & 0xFFFFFFFF,
                       channels * 2 & 0xFFFF, 16)  # fmt: skip
    return (
        b"RIFF" + struct.pack("<I", 36 + stated & 0xFFFFFFFF) + b"WAVEfmt \x10\0\0\0" + form
        + b"data" + struct.pack("<I", stated & 0xFFFFFFFF) + values
    )  # fmt: skip


def _flac(seconds: float, stated: int | None = None) -> bytes:
    """Digital silence, which FLAC packs to 26 bytes a second at 16 kHz; 36 bits of its header state
    the number of samples."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 8_000, 1, format="FLAC", subtype="PCM_16") as sound:
        minute = np.zeros(60 * 8_000, np.int16)
        for _ in range(int(seconds / 60)):
            sound.write(minute)
    data = bytearray(file.getvalue())
    if stated is not None:
        data[21] = data[21] & 0xF0 | stated >> 32 & 0x0F
        data[22:26] = struct.pack(">I", stated & 0xFFFFFFFF)
    return bytes(data)


def _sounds() -> Iterator[Make]:
    for rate in (0, 1, 100, 10_000_000, 2_000_000_000):
        yield _recording(".wav", partial(_wav, 16_000, rate=rate))
    for channels in (0, 512, 65_535):
        yield _recording(".wav", partial(_wav, 64_000, channels=channels))
    for size in (1 << 30, (1 << 31) - 2, 10):
        yield _recording(".wav", partial(_wav, 16_000, size=size))
    for stated in (1, (1 << 36) - 1, 20 * 3600 * 8_000):
        yield _recording(".flac", partial(_flac, 60, stated))
    for samples in (None, 0):  # 0: a stream, whose end nobody knew
        yield _recording(".flac", partial(_flac, 5 * 3600, samples))
    for data in (
        b"", b"\0" * 50_000, b"RIFF", b"fLaC", b"OggS" * 5_000,
        b"ID3\x03\0\0\0\x7f\x7f\x7f\x7f" + b"\xff\xfb" * 999,
        b"\x1a\x45\xdf\xa3" + b"\xff" * 5_000, b"\0\0\0\x18ftypM4A " + b"\0" * 5_000,
        b"#EXTM3U\n#EXTINF:2,\n/etc/hostname\n", b"ffconcat version 1.0\nfile '/etc/hostname'\n",
        b"\0\0\0\x01ftypisom\0\0\0\x08moov" * 500, b"#!AMR\n" + b"\x7c" * 5_000,
        b"caff\0\1\0\0" + b"\xff" * 99, b".snd" + b"\xff" * 5_000, b"text\n" * 5_000,
        b"FORM\xff\xff\xff\xffAIFFCOMM" + b"\xff" * 99,
    ):  # fmt: skip
        for suffix in (".wav", ".m4a"):
            yield _recording(suffix, partial(bytes, data))
    yield _recording(".wav", lambda: _wav(48_000)[:44])
    for value in (np.nan, np.inf, 1e30):
        yield _recording(".wav", partial(_floats, value))
    yield _recording(".wav", lambda: _wav(0))
    yield _recording(".wav", lambda: _wav(3))


def _floats(value: float) -> bytes:
    samples = voice().copy()
    samples[::40] = value
    return _encoded(samples, "WAV", "FLOAT")


def _encoded(samples: np.ndarray, form: str, subtype: str | None = None) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, 16_000, format=form, subtype=subtype)
    return file.getvalue()


def _cut_sounds() -> Iterator[Make]:
    """Whole files of each format without their end, and with bytes overwritten."""
    generator = np.random.default_rng(7)
    for form in ("WAV", "FLAC", "OGG", "AIFF", "CAF", "MP3", "W64", "AU"):
        suffix = f".{form.lower()}"
        whole = _encoded(voice(), form)
        for share in (0.02, 0.5):
            yield _recording(suffix, partial(bytes, whole[: int(len(whole) * share)]))
        noisy = bytearray(whole)
        for at in generator.integers(0, min(len(noisy), 400), 60):
            noisy[at] = int(generator.integers(256))
        yield _recording(suffix, partial(bytes, noisy))


def _files() -> Iterator[Make]:
    """What is no file, or a name that not every program can write."""

    def pipe(mini: MiniProject, stem: str) -> None:
        os.mkfifo(mini.sessions / "audio" / f"{stem}.wav")
        mini.transcript(f"{stem}.txt")

    def pipe_of_text(mini: MiniProject, stem: str) -> None:
        _sound(mini, stem)
        os.mkfifo(mini.sessions / "transcripts" / f"{stem}.txt")

    def folder(mini: MiniProject, stem: str) -> None:
        (mini.sessions / "audio" / f"{stem}.wav").mkdir()
        mini.transcript(f"{stem}.txt")

    def listener(mini: MiniProject, stem: str) -> None:
        path = mini.sessions / "audio" / f"{stem}.wav"
        with socket.socket(socket.AF_UNIX) as made:
            parent = os.open(path.parent, os.O_RDONLY)  # the path of a socket has 107 bytes
            made.bind(f"/proc/self/fd/{parent}/{path.name}")
            os.close(parent)
        mini.transcript(f"{stem}.txt")

    def link(target: str) -> Make:
        def make(mini: MiniProject, stem: str) -> None:
            (mini.sessions / "audio" / f"{stem}.wav").symlink_to(target.format(stem=stem))
            mini.transcript(f"{stem}.txt")

        return make

    def link_of_text(mini: MiniProject, stem: str) -> None:
        _sound(mini, stem)
        (mini.sessions / "transcripts" / f"{stem}.txt").symlink_to("/etc/hostname")

    def alone(mini: MiniProject, stem: str) -> None:
        _sound(mini, stem)

    def twice(mini: MiniProject, stem: str) -> None:
        _sound(mini, stem)
        for suffix in (".txt", ".srt"):
            mini.transcript(f"{stem}{suffix}", SENTENCE)

    yield from (pipe, pipe_of_text, folder, listener, link_of_text, alone, twice)
    yield from map(
        link, ("gone.wav", "{stem}.wav", "/dev/zero", "/etc/hostname", "..", "/proc/self/mem")
    )
