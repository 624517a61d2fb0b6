"""Train the demo's base model from nothing: `python -m demo.recipe.train`.

Writes `demo/base` (safetensors float16 and what transformers needs beside it). The state of an
unfinished run lies in `.state/recipe`; the same command goes on from there.

What it learns, in order: single sentences; then windows of talk, one to four clips, some of them
padded to 30 s and some with time tokens. The features are faster-whisper's own.
"""

from __future__ import annotations

import math
import random
import time
from pathlib import Path

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from transformers import WhisperFeatureExtractor, WhisperTokenizerFast

from demo.recipe.corpus import Clip, make_clips, window
from demo.recipe.model import Learner, build
from demo.recipe.sentences import TALK, sentences
from demo.recipe.tokenizer import train_tokenizer

SEED = 11
SENTENCES = 20_000
TESTED = 200  # sentences held back, to see how it goes
# Steps at which each half ends: single clips of sentences, then windows of talk.
SINGLE, STEPS = 2_200, 3_150
COSINE = 4_000  # length of the cosine that single clips follow
LONGEST = 10.0  # seconds of a window
WARM_UP = 300
PEAK = 2.0e-3
SAVE_EVERY = 200
TARGET = Path("demo/base")
STATE = Path(".state/recipe")

Batch = tuple[torch.Tensor, ...]


def rate_at(step: int) -> float:
    """Learning rate: linear warm-up, a cosine that the windows break off, then a line to zero."""
    if step < WARM_UP:
        return PEAK * (step + 1) / WARM_UP
    if step < SINGLE:
        done = (step - WARM_UP) / (COSINE - WARM_UP)
        return PEAK * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * done)))
    return rate_at(SINGLE - 1) * (STEPS - step) / (STEPS - SINGLE)


class Feeder:
    """Draws the batch of any step from the step's own seed, so that a resumed run sees the same."""

    def __init__(
        self, clips: list[Clip], talk: list[Clip], tokenizer: WhisperTokenizerFast
    ) -> None:
        self.talk = talk
        self.by_length = sorted(clips, key=lambda clip: clip.samples.size)
        self.tokenizer = tokenizer
        self.features = FeatureExtractor()
        mark = tokenizer.convert_tokens_to_ids
        self.start, self.end = mark("<|startoftranscript|>"), mark("<|endoftext|>")
        self.plain, self.zero = mark("<|notimestamps|>"), mark("<|0.00|>")

    def tokens(self, text: str) -> list[int]:
        return list(self.tokenizer(f" {text}", add_special_tokens=False)["input_ids"])

    def target(self, spans: list[tuple[float, float, str]], timed: bool) -> list[int]:
        if not timed:
            return [
                self.start,
                self.plain,
                *(t for s in spans for t in self.tokens(s[2])),
                self.end,
            ]
        out = [self.start]
        for start, end, text in spans:
            out += [self.zero + round(start * 50), *self.tokens(text), self.zero + round(end * 50)]
        return [*out, self.end]

    def batch(self, step: int) -> Batch:
        draw = random.Random(SEED * 1_000_003 + step)
        if step < SINGLE:
            # Neighbours in length, so that little of the batch is padding.
            at = draw.randrange(len(self.by_length) - 36)
            return self.pack_singles(self.by_length[at : at + 36], draw, step)
        mels, targets, words = [], [], []
        # The same number of clips throughout the batch, again for little padding.
        joined = draw.randint(1, 4)
        full = draw.random() < 0.2  # padded to 30 s, as in production
        for index in range(4 if full else 36 // joined):
            picked = draw.sample(self.talk, joined)
            samples, spans = window(picked, draw, LONGEST, 0.5)
            mels.append(mask(self.features(samples), draw, step))
            targets.append(self.target(spans, timed=index % 4 == 3))
            words.append([t for s in spans for t in self.tokens(s[2])])
        return pack(mels, targets, words, self.end, 3000 if full else 0)

    def pack_singles(self, clips: list[Clip], draw: random.Random, step: int) -> Batch:
        windows = [window([clip], draw, 30.0, 0.3) for clip in clips]
        return pack(
            [mask(self.features(samples), draw, step) for samples, _ in windows],
            [self.target(spans, timed=False) for _, spans in windows],
            [self.tokens(clip.text) for clip in clips],
            self.end,
            0,
        )


def mask(mel: np.ndarray, draw: random.Random, step: int) -> np.ndarray:
    """SpecAugment (Park et al. 2019): one stripe of mels and one of time at most, after a start."""
    if step < 600 or draw.random() < 0.5:
        return mel
    low, width = draw.randrange(80), draw.randrange(1, 12)
    mel[low : low + width] = mel.mean()
    at, length = draw.randrange(mel.shape[1]), draw.randrange(1, 12)
    mel[:, at : at + length] = mel.mean()
    return mel


def pack(
    mels: list[np.ndarray],
    targets: list[list[int]],
    words: list[list[int]],
    end: int,
    frames: int,
) -> Batch:
    """Pad with zeros, as faster-whisper pads features; labels are the inputs moved by one."""
    longest = max(frames, max(mel.shape[1] for mel in mels))
    longest += longest % 2
    packed = np.zeros((len(mels), 80, longest), np.float32)
    for row, mel in zip(packed, mels, strict=True):
        row[:, : mel.shape[1]] = mel
    length = max(map(len, targets)) - 1
    inputs = np.full((len(mels), length), end, np.int64)
    labels = np.full((len(mels), length), -100, np.int64)
    for row_in, row_out, target in zip(inputs, labels, targets, strict=True):
        row_in[: len(target) - 1] = target[:-1]
        row_out[: len(target) - 1] = target[1:]
    return (
        torch.from_numpy(packed),
        torch.tensor([mel.shape[1] for mel in mels]),
        torch.from_numpy(inputs),
        torch.from_numpy(labels),
        torch.tensor([t for w in words for t in w]),
        torch.tensor([len(w) for w in words]),
    )


def check(learner: Learner, feeder: Feeder, clips: list[Clip]) -> float:
    """Share of wrong CTC tokens, greedy, on sentences that were held back."""
    from jiwer import wer

    learner.eval()
    references, hypotheses = [], []
    with torch.no_grad():
        for at in range(0, len(clips), 40):
            part = clips[at : at + 40]
            mels = [feeder.features(c.samples.astype(np.float32) / 32768) for c in part]
            packed = pack(mels, [[0, 0]] * len(part), [[0]] * len(part), 0, 0)
            best = learner.ctc(learner.encode(packed[0])).argmax(-1)
            for row, frames, clip in zip(best, packed[1], part, strict=True):
                ids = torch.unique_consecutive(row[: int(frames) // 2])
                hypotheses.append(feeder.tokenizer.decode(ids[ids < 512]).strip())
                references.append(clip.text)
    learner.train()
    return float(wer(references, hypotheses))


def save_state(path: Path, **state: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, path.with_suffix(".new"))
    path.with_suffix(".new").rename(path)


def main() -> None:
    torch.manual_seed(SEED)
    texts = sentences(SENTENCES, SEED)
    tokenizer = train_tokenizer(texts, TARGET)
    learner, first, path = Learner(build(tokenizer)), 0, STATE / "state.pt"
    decay = [p for p in learner.parameters() if p.requires_grad and p.ndim > 1]
    plain = [p for p in learner.parameters() if p.requires_grad and p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}],
        betas=(0.9, 0.98),
    )
    if path.exists():
        state = torch.load(path, weights_only=False)
        learner.load_state_dict(state["learner"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
        print(f"going on from step {first}", flush=True)
    # A run that goes on past the single clips needs them no more.
    clips = make_clips(texts, SEED) if first < SINGLE else []
    talk = make_clips(sentences(SENTENCES, SEED + 1, TALK), SEED + 1)
    feeder, held = Feeder(clips, talk[:-TESTED], tokenizer), talk[-TESTED:]
    hours = sum(c.samples.size for c in (*clips, *talk)) / 16_000 / 3600
    print(f"{len(clips) + len(talk)} clips, {hours:.1f} h", flush=True)
    learner.train()
    began, sums = time.monotonic(), np.zeros(2)
    for step in range(first, STEPS):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step)
        cross, ctc = learner(*feeder.batch(step))
        weight = 0.3 if step < STEPS - 150 else 0.0
        ((1 - weight) * cross + weight * ctc).backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        sums += (cross.item(), ctc.item())
        if (step + 1) % 50 == 0:
            pace = (time.monotonic() - began) / (step + 1 - first)
            print(
                f"step {step + 1} cross {sums[0] / 50:.3f} ctc {sums[1] / 50:.3f} "
                f"{pace:.2f} s/step",
                flush=True,
            )
            sums[:] = 0
        if (step + 1) % SAVE_EVERY == 0:
            save_state(
                path, learner=learner.state_dict(), optimizer=optimizer.state_dict(), step=step + 1
            )
            print(f"  held back: CTC WER {check(learner, feeder, held):.3f}", flush=True)
    learner.whisper.to(torch.float16).save_pretrained(TARGET)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(TARGET)
    print(f"wrote {TARGET}", flush=True)


if __name__ == "__main__":
    main()
