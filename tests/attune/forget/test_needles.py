"""The search for words, names, digests and blocks of audio in files of any kind."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from attune.forget.blocks import SIZE, STEP, Blocks, blocks_of
from attune.forget.needles import AUDIO, DIGESTS, IDS, NAMES, WORDS, Needles
from attune.forget.words import Phrases, runs_of, words_of

ID = "r0123456789"
DIGEST = "5eb63bbbe01eeed093cb22bb8f5acdc3"
SENTENCE = "The quokka hid under Margaret's xylophone again."
PCM = np.random.default_rng(1).integers(-3000, 3000, 40_000).astype("<i2")
NEEDLES = Needles(
    ids=(ID.encode(),),
    names=Phrases(["anna s"]),
    digests=frozenset([DIGEST]),
    runs=Phrases(runs_of(words_of(SENTENCE))),
    blocks=Blocks(blocks_of(PCM.tobytes())),
)
NOISE = np.random.default_rng(2).bytes(100_000)


def flac(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, 16_000, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", content)
    return file.getvalue()


def parquet(content: bytes) -> bytes:
    file = io.BytesIO()
    table = pa.table({"text": [content] * 50})
    pq.write_table(table, file, compression="gzip", write_statistics=False)
    return file.getvalue()


def arrow(content: bytes) -> bytes:
    file = io.BytesIO()
    table = pa.table({"text": [content.decode()] * 50})
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(file, table.schema, options=options) as stream:
        stream.write_table(table)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (b"", set()),
        (NOISE, set()),
        (b"the quokka hid, under nobody's roof", {WORDS}),
        (b"a quokka hid under a xylophone", set()),
        (SENTENCE.upper().encode("utf-16"), {WORDS}),
        (b"<b>quokka</b> <i>hid</i> under Margaret&#39;s", {WORDS}),
        (b'[{"word": "quokka", "start": 1}, {"word": "hid"}, {"text": "under"}, '
         b'{"word": "Margaret\'s"}]', {WORDS}),
        (NOISE[:5000] + SENTENCE.encode() + NOISE[:5000], {WORDS}),
        (b"see Anna_S.flac", {NAMES}),
        (b"see Anna Sand", set()),
        (f"{ID}{ID}".encode(), {IDS}),
        (f"md5: {DIGEST}".encode(), {DIGESTS}),
        (NOISE[:33] + PCM[999:9999].tobytes(), {AUDIO}),
        (NOISE[:33] + PCM[999 : 999 + SIZE // 2].tobytes(), set()),
        (flac(PCM), {AUDIO}),
        (b"x" * (1 << 24) + SENTENCE.encode(), {WORDS}),
    ],
)  # fmt: skip
def test_kinds(content: bytes, kinds: set[str]) -> None:
    assert NEEDLES.in_bytes(content) == kinds


@pytest.mark.parametrize(
    "pack", [gzip.compress, bz2.compress, lzma.compress, zipped, parquet, arrow]
)
def test_compressed_contents_are_searched(pack: Callable[[bytes], bytes]) -> None:
    # Words that came before are written as references to them.
    before = " ".join(reversed(SENTENCE.split()))
    packed = pack(f"{before} {before} {SENTENCE}".encode())
    assert SENTENCE.encode() not in packed
    assert NEEDLES.in_bytes(packed) == {WORDS}
    assert NEEDLES.in_bytes(gzip.compress(packed)) == {WORDS}
    NEEDLES.in_bytes(packed[: len(packed) // 2])  # damaged: no exception


def test_audio_in_a_page_is_found() -> None:
    page = f'<audio src="data:audio/flac;base64,{base64.b64encode(flac(PCM)).decode()}">'
    assert NEEDLES.in_bytes(page.encode()) == {AUDIO}


def test_a_path_counts(tmp_path: Path) -> None:
    path = tmp_path / "Anna S.txt"
    path.write_text("nothing")
    assert NEEDLES.in_file(path, path.name) == {NAMES}
    assert NEEDLES.in_file(path) == set()


def test_silence_is_no_needle() -> None:
    assert blocks_of(bytes(10 * STEP)) == []
    assert not Blocks([]).occur_in(NOISE)


def test_every_second_of_audio_has_a_block() -> None:
    index = Blocks(blocks_of(PCM.tobytes()))
    for start in range(0, len(PCM) - STEP, 3001):
        piece = PCM[start : start + STEP // 2 + SIZE].tobytes()
        assert index.occur_in(json.dumps("head").encode() + piece), start


def test_numbers_alone_are_no_run() -> None:
    assert runs_of(["00", "00", "12", "200", "i", "would", "say"]) == {"200 i would say"}
