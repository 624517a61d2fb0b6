"""Whisper's label sequences, built token by token, so that no token is missing or doubled.

`<|startoftranscript|>` [`<|en|>` `<|transcribe|>`] [`<|notimestamps|>`] text `<|endoftext|>`; with
timestamps each span is `<|start|>` text `<|end|>` in steps of 20 ms. English-only models have
neither language nor task. A prompt, `<|startofprev|>` and the previous text, may come first.
Source: Radford et al. 2022, section 2.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from stages.common.core.errors import UserError
from stages.common.core.files import read_json

TIME_STEP = 0.02
"""Seconds between two timestamp tokens."""
TIMESTAMPS = 1501
"""Timestamp tokens: 0.00 s to 30.00 s, directly after `<|notimestamps|>`."""
MULTILINGUAL_VOCABULARY = 51_865
"""Smallest vocabulary of a multilingual model. CTranslate2 and faster-whisper, too, take a model
with a smaller one for English-only."""

Span = tuple[float, float, str]
"""(start, end, text), in seconds from the window's start."""


@dataclass(frozen=True)
class Labeller:
    """Makes the label sequences of one model."""

    tokenizer: Tokenizer
    prompt: tuple[int, ...]
    """The start token and, in a multilingual model, language and task."""
    no_speech: int
    """What the start token predicts where nothing is said; never in a sequence itself."""
    no_timestamps: int
    first_time: int
    """`<|0.00|>`."""
    end: int
    start_of_prev: int
    language: str
    """Whisper's code, as "en"."""
    limit: int
    """The decoder's positions (448), which bound the length of a label sequence."""

    def __call__(self, spans: list[Span], timed: bool, cut_off: float | None = None) -> list[int]:
        """The whole sequence, start and end tokens included. timed: with timestamp tokens.

        cut_off: start of the speech that the window's end cuts off, in seconds from the window's
        start; its timestamp is the only token for that speech.
        """
        out = [*self.prompt] if timed else [*self.prompt, self.no_timestamps]
        for start, end, text in spans:
            tokens = self._tokens(text)
            out += [self._time(start), *tokens, self._time(end)] if timed else tokens
        if cut_off is not None:
            out.append(self._time(cut_off))
        return [*out, self.end]

    def previous(self, texts: Sequence[str], labels: int) -> list[int]:
        """The prompt for a sequence of `labels` labels: `<|startofprev|>` and the last tokens of
        `texts` that fit.

        Empty if `texts` has no tokens or the decoder no positions left.
        """
        most = min(self.longest_prompt, self.limit - labels - 1)
        tokens = [token for text in texts for token in self._tokens(text)]
        return [self.start_of_prev, *tokens[-most:]] if tokens and most > 0 else []

    def count(self, text: str) -> int:
        return len(self._tokens(text))

    @property
    def room(self) -> int:
        """Positions between the start tokens and the end token of a sequence with timestamps."""
        return self.limit - len(self.prompt) - 1

    @property
    def longest_prompt(self) -> int:
        """Most tokens of previous text, as in decoding: openai-whisper and faster-whisper leave the
        other half of the positions to the window itself."""
        return self.limit // 2 - 1

    def _tokens(self, text: str) -> list[int]:
        # Whisper's texts begin with a space, and " and" and "and" are different tokens.
        return list(self.tokenizer.encode(f" {text}", add_special_tokens=False).ids)

    def _time(self, seconds: float) -> int:
        return self.first_time + min(TIMESTAMPS - 1, max(0, round(seconds / TIME_STEP)))


def load_labeller(model: Path, language: str) -> Labeller:
    """The labeller of the model in folder `model`.

    Raises: UserError if its tokenizer is no Whisper's or lacks `language`.
    """
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    config = read_json(model / "config.json")

    def special(*names: str) -> int:
        """The token that has one of the names."""
        for name in names:
            token = tokenizer.token_to_id(f"<|{name}|>")
            if token is not None:
                return int(token)
        raise UserError(
            f"the base model's tokenizer has no <|{names[0]}|>: this is not a Whisper tokenizer"
        )

    wanted = f"build_dataset.language = {language!r}"
    start: tuple[int, ...] = (special("startoftranscript"),)
    if is_multilingual(model):
        if tokenizer.token_to_id(f"<|{language}|>") is None:
            raise UserError(f"{wanted}: the base model does not know it")
        start = (*start, special(language), special("transcribe"))
    elif language != "en":
        raise UserError(f"{wanted}: the base model is English-only")
    no_timestamps = special("notimestamps")
    return Labeller(
        tokenizer=tokenizer,
        prompt=start,
        no_speech=special("nospeech", "nocaptions"),  # the first since large-v3
        no_timestamps=no_timestamps,
        first_time=no_timestamps + 1,
        end=special("endoftext"),
        start_of_prev=special("startofprev"),
        language=language,
        limit=int(config["max_target_positions"]),
    )


def is_multilingual(model: Path) -> bool:
    """Whether the model in folder `model` knows languages other than English."""
    vocabulary = int(read_json(model / "config.json")["vocab_size"])
    return vocabulary >= MULTILINGUAL_VOCABULARY
