"""`make bench-scoring`: audio seconds scored a second, against one clip after the other.

Ours is what `baseline` and `evaluate` do: `joined.hear_joined`, with neighbouring clips in windows
of up to 30 s, in batches, a core a worker. The others: plain `WhisperModel.transcribe` on one clip
after the other (`listen.hear`), with one worker that has all cores, which is how teams score; and
our batches without joining, a clip in each window. The clips are those of the test split's first
recording, the model has Whisper tiny's shape and vocabulary and random weights, in int8, as the
profiles for real models ship.

Random weights never end a text by themselves. Each call decodes as many tokens as Whisper's
tokenizer has for what is said in it, and one for the end: the beams do the whole of their work in
both ways, and the sum of the tokens that are asked for is the same. A batch goes on until the
longest of its windows ends, and all of them with it; with real weights CTranslate2 takes those out
that have ended, so that this counts against the batches. What real weights may do besides, such as
going round in circles, is in neither.

Beside it, on all clips, the WER of the demo's models heard both ways, with the windows that the
demo has. Needs the outputs of `make demo`.
"""

from __future__ import annotations

import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import torch
from faster_whisper import WhisperModel
from joblib import cpu_count
from transformers import WhisperForConditionalGeneration, WhisperTokenizerFast

from bench.train import SHAPES, three
from stages.common.asr.convert import to_ctranslate2
from stages.common.asr.model import open_model
from stages.common.asr.windowed import join_clips, transcribe_clips
from stages.common.core.params import Evaluate, load_params
from stages.common.dataset.features import decode_clip
from stages.common.dataset.split import Clip, clips_of
from stages.common.text.wer import score
from stages.ct2_convert.single_clips import transcribe_single_clips
from tests.support.whisper_models import END, tiny_multilingual

TEST = Path("data/dataset/test")
ROUNDS = 5
QUANTIZATION = "int8"
ASKED = 5
_WINDOW, _ALONE = 30.0, 0.01
ClipHarm = Iterator[tuple[Clip, str]]


class Paced:
    """Between faster-whisper and CTranslate2: ends each text where it would end.

    faster-whisper makes the features of all that it decodes together, in order and in the same
    thread, before it decodes: what was heard there tells how long the texts are.
    """

    def __init__(self, model: WhisperModel, tokens: Mapping[int, int]) -> None:
        self._inner, self._extractor, self._tokens = model.model, model.feature_extractor, tokens
        self._here = threading.local()
        model.model, model.feature_extractor = self, _Extractor(self._extractor, self._note)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _note(self, samples: np.ndarray) -> None:
        if not hasattr(self._here, "tokens"):
            self._here.tokens = []
        self._here.tokens.append(self._tokens[zlib.crc32(samples.tobytes())])

    def generate(self, features: Any, prompts: list[list[int]], **options: Any) -> Any:
        rows = len(prompts)
        longest = max(self._here.tokens[:rows])
        del self._here.tokens[:rows]
        # CTranslate2 stops at half of this, or where this less the prompt before the last token is
        # reached.
        options["max_length"] = max(2 * longest, longest + len(prompts[0]) - 1)
        results = self._inner.generate(features, prompts, **options)
        if any(len(result.sequences_ids[0]) != longest for result in results):
            raise RuntimeError("a text did not end where it was to end")
        return results


class _Extractor:
    def __init__(self, inner: Any, note: Callable[[np.ndarray], None]) -> None:
        self._inner, self._note = inner, note

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __call__(self, samples: np.ndarray, **options: Any) -> Any:
        self._note(samples)
        return self._inner(samples, **options)


def make_model(place: Path) -> Path:
    """Whisper tiny with random weights, converted. Marks and times are never said: a text would
    end, or be heard again from a time on."""
    source, target = tiny_multilingual(place / "source", shape=SHAPES["tiny"]), place / "model"
    model = WhisperForConditionalGeneration.from_pretrained(source)
    end = WhisperTokenizerFast.from_pretrained(source).convert_tokens_to_ids(END)
    with torch.no_grad():
        model.model.decoder.embed_tokens.weight[end:] = 0
    model.save_pretrained(source)
    to_ctranslate2(source, target, QUANTIZATION)
    return target


def lengths(tokenizer: Any, clips: list[Clip]) -> dict[int, int]:
    """Tokens of each clip and of each window, by what is heard in it."""
    found = {}
    for seconds in (_ALONE, _WINDOW):
        for window in join_clips(clips, seconds):
            texts = [tokenizer.encode(f" {c.text}", add_special_tokens=False) for c in window]
            samples = np.concatenate([decode_clip(clip.audio) for clip in window])
            found[zlib.crc32(samples.tobytes())] = sum(map(len, texts)) + 1
    return found


def speeds(place: Path, evaluate: Evaluate) -> None:
    """The table."""
    _, first = next(groupby(clips_of(TEST), key=lambda clip: clip.recording))
    clips, folder = list(first), make_model(place)
    tokens = lengths(WhisperTokenizerFast.from_pretrained(place / "source"), clips)
    one = WhisperModel(str(folder), device="cpu", cpu_threads=cpu_count(), local_files_only=True)
    many = open_model(folder, "cpu")
    for model in (one, many):
        Paced(model, tokens)
    windows = {
        seconds: evaluate.model_copy(update={"window_seconds": seconds})
        for seconds in (_ALONE, _WINDOW)
    }
    sides: dict[str, Callable[[], ClipHarm]] = {
        "ours": lambda: transcribe_clips(many, clips, "en", windows[_WINDOW]),
        "one clip after the other": lambda: transcribe_single_clips(
            one, clips, "en", evaluate.beam_size
        ),
        "batches of single clips": lambda: transcribe_clips(many, clips, "en", windows[_ALONE]),
    }
    audio = sum(clip.seconds for clip in clips)
    print(f"{len(clips)} clips, {audio:.0f} s in {len(list(join_clips(clips, _WINDOW)))} windows; "
          f"tiny in {QUANTIZATION}, beam {evaluate.beam_size}, {cpu_count()} cores; minimum / "
          f"median / maximum of {ROUNDS} rounds in turns, audio seconds a second\n\n"
          "| against | ours | the other | ratio | asked |\n|---|---|---|---|---|",
          flush=True)  # fmt: skip
    rates: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, listen in sides.items():
            begin = time.perf_counter()
            heard = len(list(listen()))
            rates[name].append(audio / (time.perf_counter() - begin))
            if heard != len(clips):
                raise RuntimeError("not every clip was heard")
    ours = rates.pop("ours")
    for name, other in rates.items():
        ratio = np.array(ours) / np.array(other)
        shown = " | ".join(three(values) for values in (ours, other, ratio))
        asked = f"{ASKED}" if name == "one clip after the other" else ""
        print(f"| {name} | {shown} | {asked} |", flush=True)


def wer(heard: Iterable[tuple[Clip, str]]) -> float:
    pairs = [(clip.text, text) for clip, text in heard]
    return score([text for text, _ in pairs], [text for _, text in pairs]).wer


def wers(evaluate: Evaluate) -> None:
    print(f"\nWER of the demo's models on all clips, windows of {evaluate.window_seconds:g} s\n\n"
          "| model | joined | one clip after the other |\n|---|---|---|", flush=True)  # fmt: skip
    for name, folder in (("base", "models/base-ct2"), ("tuned", "models/ct2")):
        model = open_model(Path(folder), "cpu")
        both = (
            wer(transcribe_clips(model, clips_of(TEST), "en", evaluate)),
            wer(transcribe_single_clips(model, clips_of(TEST), "en", evaluate.beam_size)),
        )
        print(f"| {name} | " + " | ".join(f"{value:.1%}" for value in both) + " |", flush=True)


def main() -> None:
    evaluate = load_params().evaluate
    with tempfile.TemporaryDirectory() as place:
        speeds(Path(place), evaluate)
    wers(evaluate)


if __name__ == "__main__":
    main()
