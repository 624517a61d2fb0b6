"""Train the demo's base model from nothing: `python -m demo.recipe.train`.

Writes `demo/base` (safetensors float16 and what transformers needs beside it). The state of an
unfinished run lies in `.state/recipe`; the same command goes on from there.

What it learns, in order: single sentences; with them windows of talk, of ever more clips; at last
whole 30-s windows, full or mostly empty. The features are faster-whisper's own. Matrices are
learned by Muon (Jordan et al. 2024), which on this model needs less than half of AdamW's steps.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from transformers import WhisperFeatureExtractor, WhisperTokenizerFast

from demo.recipe.corpus import Clip, Span, make_clips, window
from demo.recipe.model import Learner, build
from demo.recipe.sentences import TALK, sentences
from demo.recipe.state import load_state, save_state
from demo.recipe.tokenizer import train_tokenizer

SEED = 11
SENTENCES = 20_000  # of each of the two kinds
TESTED = 200  # sentences held back, to see how it goes
JOINING = 1_400  # the step from which windows are joined
WHOLE, STEPS = 2_600, 3_200  # from which every other window is 30 s long, and the last
DECAY = 4_600  # steps in which the learning rate would reach zero, were it not for the last part
WARM_UP = 150
PEAK = 3.0e-3
SAVE_EVERY = 200
TARGET = Path("demo/base")
STATE = Path(".state/recipe/state.pt")

Batch = tuple[torch.Tensor, ...]


def rate_at(step: int) -> float:
    """Learning rate: linear warm-up, a line down, and from `WHOLE` on a steeper one to zero."""
    if step >= WHOLE:
        return rate_at(WHOLE - 1) * (STEPS - step) / (STEPS - WHOLE)
    return PEAK * min((step + 1) / WARM_UP, 1.0) * (1.02 - step / DECAY)


class Feeder:
    """Draws the batch of any step from the step's own seed, so that a resumed run sees the same."""

    def __init__(self, clips: list[Clip], tokenizer: WhisperTokenizerFast) -> None:
        self.clips = clips
        self.by_length = sorted(clips, key=lambda clip: clip.samples.size)
        self.tokenizer = tokenizer
        self.features = FeatureExtractor()
        mark = tokenizer.convert_tokens_to_ids
        self.start, self.end = mark("<|startoftranscript|>"), mark("<|endoftext|>")
        self.plain, self.zero = mark("<|notimestamps|>"), mark("<|0.00|>")

    def tokens(self, text: str) -> list[int]:
        return list(self.tokenizer(f" {text}", add_special_tokens=False)["input_ids"])

    def target(self, spans: list[Span], timed: bool) -> list[int]:
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
        if step < JOINING or draw.random() < 0.3:
            return self.singles(draw, step)
        if draw.random() > (0.12 if step < WHOLE else 0.5):
            most = 2 + 4 * (step - JOINING) // (WHOLE - JOINING)
            joined = draw.randint(2, min(most, 6))
            return self.windows([joined] * (30 // joined), 14.0, 0, draw, step)
        # As in production, where most of a window may be nothing.
        return self.windows([1, 1, 2, draw.randint(3, 6), 14], 29.0, 3000, draw, step)

    def singles(self, draw: random.Random, step: int) -> Batch:
        """Neighbours in length, so that little of the batch is padding."""
        at = draw.randrange(len(self.by_length) - 32)
        made = [window([clip], draw, 30.0, 0.3)[:2] for clip in self.by_length[at : at + 32]]
        return self.pack(made, 0, draw, step)

    def windows(
        self, joined: list[int], seconds: float, frames: int, draw: random.Random, step: int
    ) -> Batch:
        made = [window(draw.sample(self.clips, n), draw, seconds, 0.6)[:2] for n in joined]
        return self.pack(made, frames, draw, step)

    def pack(
        self, made: list[tuple[np.ndarray, list[Span]]], frames: int, draw: random.Random, step: int
    ) -> Batch:
        """A fourth of the windows that hold more than one clip have time tokens."""
        mels = [mask(self.features(samples), draw, step) for samples, _ in made]
        timed = [len(spans) > 1 and draw.random() < 0.25 for _, spans in made]
        targets = [self.target(s, timed=t) for (_, s), t in zip(made, timed, strict=True)]
        words = [[t for span in spans for t in self.tokens(span[2])] for _, spans in made]
        return pack(mels, targets, words, self.end, frames, draw)


def mask(mel: np.ndarray, draw: random.Random, step: int) -> np.ndarray:
    """SpecAugment (Park et al. 2019): one stripe of mels and one of time at most, after a start."""
    if step < 400 or draw.random() < 0.5:
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
    draw: random.Random,
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
        torch.tensor([draw.randrange(1501 - longest // 2) for _ in mels]),
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
            packed = pack(mels, [[0, 0]] * len(part), [[0]] * len(part), 0, 0, random.Random(0))
            best = learner.ctc(learner.encode(*packed[:2])).argmax(-1)
            for row, frames, clip in zip(best, packed[2], part, strict=True):
                ids = torch.unique_consecutive(row[: int(frames) // 2])
                hypotheses.append(feeder.tokenizer.decode(ids[ids < 512]).strip())
                references.append(clip.text)
    learner.train()
    return float(wer(references, hypotheses))


def optimizers(learner: Learner) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers, AdamW for all else."""
    matrices: list[torch.nn.Parameter] = []
    others: list[torch.nn.Parameter] = []
    for name, weights in learner.whisper.model.named_parameters():
        inside = weights.ndim == 2 and "embed" not in name
        if weights.requires_grad:
            (matrices if inside else others).append(weights)
    return [
        torch.optim.Muon(matrices, weight_decay=0.02, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW([*others, *learner.ctc.parameters()], betas=(0.9, 0.98)),
    ]


def main() -> None:
    torch.manual_seed(SEED)
    texts = sentences(SENTENCES, SEED) + sentences(SENTENCES, SEED + 1, TALK)
    tokenizer = train_tokenizer(texts, STATE.parent / "tokenizer")
    learner = Learner(build(tokenizer))
    learning = optimizers(learner)
    first = load_state(STATE, (learner, *learning))
    clips = make_clips(texts, SEED)
    feeder, held = Feeder(clips[:-TESTED], tokenizer), clips[-TESTED:]
    hours = sum(clip.samples.size for clip in clips) / 16_000 / 3600
    print(f"{len(clips)} clips, {hours:.1f} h", flush=True)
    learner.train()
    began, sums = time.monotonic(), np.zeros(2)
    for step in range(first, STEPS):
        for group in (g for optimizer in learning for g in optimizer.param_groups):
            group["lr"] = rate_at(step)
        cross, ctc = learner(*feeder.batch(step))
        weight = 0.3 if step < STEPS - 100 else 0.0
        ((1 - weight) * cross + weight * ctc).backward()
        torch.nn.utils.clip_grad_norm_(learner.parameters(), 1.0)
        for optimizer in learning:
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
            save_state(STATE, step + 1, (learner, *learning))
            print(f"  held back: CTC WER {check(learner, feeder, held):.3f}", flush=True)
    learner.whisper.to(torch.float16).save_pretrained(TARGET)
    tokenizer.save_pretrained(TARGET)
    WhisperFeatureExtractor(feature_size=80).save_pretrained(TARGET)
    print(f"wrote {TARGET}", flush=True)


if __name__ == "__main__":
    main()
