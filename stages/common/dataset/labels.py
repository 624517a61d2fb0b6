"""Whisper's label sequences, built token by token so that nothing is doubled and nothing missing.

`<|startoftranscript|>` [`<|en|>` `<|transcribe|>`] [`<|notimestamps|>`] text `<|endoftext|>`; with
times, each span is `<|start|>` text `<|end|>` in steps of 20 ms. English-only models have neither
language nor task. Before all may stand `<|startofprev|>` and what was said before. Source: Radford
et al. 2022, section 2.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from stages.common.core.errors import UserError
from stages.common.core.files import read_json

TIME_STEP = 0.02
# Vocabularies of 51,865 and more have languages; smaller ones are English-only, also to
# CTranslate2 and faster-whisper, which know no other sign.
MULTILINGUAL_VOCABULARY = 51_865

Span = tuple[float, float, str]


@dataclass(frozen=True)
class Labeller:
    tokenizer: Tokenizer
    prompt: tuple[int, ...]
    """From the start token on, without `<|notimestamps|>`."""
    plain: int
    first_time: int
    end: int
    before: int
    """`<|startofprev|>`."""
    limit: int
    """The decoder's positions (448): longer label sequences cannot be learned."""

    def __call__(
        self, spans: list[Span], timed: bool, first_half: float | None = None
    ) -> list[int]:
        """The whole sequence, start and end tokens included.

        Args:
            spans: (start, end, text), seconds from the window's start.
            timed: with time tokens.
            cut_off: where words begin that the window's end cuts off; their time alone is written.
        """
        out = [*self.prompt] if timed else [*self.prompt, self.plain]
        for start, end, text in spans:
            words = self._words(text)
            out += [self._time(start), *words, self._time(end)] if timed else words
        if first_half is not None:
            out.append(self._time(first_half))
        return [*out, self.end]

    def previous(self, texts: Sequence[str], labels: int) -> list[int]:
        """What stands before a sequence of so many labels: the last words of `texts` that fit.

        Nothing if there are none, or if there is no place for any.
        """
        most = min(self.longest_prompt, self.limit - labels - 1)
        words = [token for text in texts for token in self._words(text)]
        return [self.before, *words[-most:]] if words and most > 0 else []

    def count(self, text: str) -> int:
        """Tokens of `text`."""
        return len(self._words(text))

    @property
    def room(self) -> int:
        """Labels between a sequence's first tokens and its end token, with times."""
        return self.limit - len(self.prompt) - 1

    @property
    def longest_prompt(self) -> int:
        """Tokens of what was said before, as decoding takes them: openai-whisper and faster-whisper
        leave the other half of the positions for the window itself."""
        return self.limit // 2 - 1

    def _words(self, text: str) -> list[int]:
        # Whisper's own texts begin with a space: " and so" is one token, "and so" another.
        return list(self.tokenizer.encode(f" {text}", add_special_tokens=False).ids)

    def _time(self, seconds: float) -> int:
        return self.first_time + min(1500, max(0, round(seconds / TIME_STEP)))


def load_labeller(model: Path, language: str) -> Labeller:
    """For the model in folder `model`. Raises: UserError if its tokenizer lacks `language`."""
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    config = read_json(model / "config.json")

    def mark(name: str) -> int:
        found = tokenizer.token_to_id(f"<|{name}|>")
        if found is None:
            raise UserError(f"the base model's tokenizer has no <|{name}|>: it is not a Whisper's")
        return int(found)

    start: tuple[int, ...] = (mark("startoftranscript"),)
    if _has_languages(config):
        if tokenizer.token_to_id(f"<|{language}|>") is None:
            raise UserError(
                f"build_dataset.language = {language!r}: the base model does not know it"
            )
        start = (*start, mark(language), mark("transcribe"))
    elif language != "en":
        raise UserError(f"build_dataset.language = {language!r}: the base model is English-only")
    plain = mark("notimestamps")
    return Labeller(
        tokenizer=tokenizer,
        prompt=start,
        plain=plain,
        first_time=plain + 1,
        end=mark("endoftext"),
        before=mark("startofprev"),
        limit=int(config["max_target_positions"]),
    )


def is_multilingual(model: Path) -> bool:
    return _has_languages(read_json(model / "config.json"))


def _has_languages(config: dict[str, Any]) -> bool:
    return int(config["vocab_size"]) >= MULTILINGUAL_VOCABULARY
