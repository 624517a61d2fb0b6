"""The terms to speak: lost on validation or rare in the training split. The test split is not read.

Terms that existing spoken sessions contain are skipped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from attune.speak.names import is_spoken
from stages.common.asr.decoding import decoding_of
from stages.common.asr.model import open_model
from stages.common.asr.windowed import transcribe_clips
from stages.common.core.errors import UserError
from stages.common.core.ids import recording_id
from stages.common.core.params import Params
from stages.common.dataset.split_storage import clips_of, load_split
from stages.common.evaluation.entities.occurrences import Occurrence, match
from stages.common.evaluation.entities.vocabulary import Vocabulary, read_terms
from stages.common.text.normalizer import scoring_form
from stages.common.text.term_list import TERMS, read_lines, variants_of
from stages.common.text.word_alignment import align
from stages.common.transcripts import vtt

RARE = 3
"""A term with fewer occurrences in the labels of the training split is rare."""
MODEL = Path("models/ct2")
_DATASET = Path("data/dataset")
_MEDICATION = re.compile(r"\b(medicat|medicin|drug)", re.IGNORECASE)
_CLASSES = re.compile(r"\bclass", re.IGNORECASE)


@dataclass(frozen=True)
class Term:
    name: str
    """As `Vocabulary.find` names it."""
    forms: tuple[str, ...]
    """The forms to be spoken, as written."""
    medication: bool
    """Listed below a comment on medication, but not on classes of it."""


@dataclass(frozen=True)
class Choice:
    terms: list[Term]
    """To be spoken, in the order of the list."""
    listed: int
    lost: int | None
    """Terms lost at least once on validation; None without a tuned model."""
    rare: int
    spoken: int
    """Of the terms lost or rare, those that spoken sessions contain already."""


def choose_terms(params: Params, key: bytes) -> Choice:
    """Raises: UserError if the list or the dataset is missing."""
    language = params.build_dataset.language
    vocabulary, listed = read_terms(TERMS, language), read_list(language)
    for split in ("train", "validation"):
        if not (_DATASET / split).is_dir():
            raise UserError(f"{_DATASET}/{split} does not exist yet; run `dvc repro build_dataset`")
    sessions = Path(params.data.sessions)
    spoken_texts = dict(_spoken_texts(sessions))
    ids = {recording_id(key, stem) for stem in spoken_texts}
    trained = count(
        (str(row["text"]) for row in load_split(_DATASET / "train").remove_columns("audio")
         if row["recording"] not in ids),
        vocabulary, language,
    )  # fmt: skip
    spoken = count(spoken_texts.values(), vocabulary, language)
    lost = lost_on_validation(params, vocabulary) if MODEL.is_dir() else None
    wanted = [
        term for term in listed if trained[term.name] < RARE or (lost and lost[term.name] > 0)
    ]
    return Choice(
        terms=[term for term in wanted if not spoken[term.name]],
        listed=len(listed),
        lost=None if lost is None else sum(number > 0 for number in lost.values()),
        rare=sum(trained[term.name] < RARE for term in listed),
        spoken=sum(spoken[term.name] > 0 for term in wanted),
    )


def count(texts: Iterable[str], vocabulary: Vocabulary, language: str) -> Counter[str]:
    """Occurrences of each term, by its name."""
    return Counter(
        occurrence.entity
        for text in texts
        for occurrence in vocabulary.find(scoring_form(text, language).split())
    )


def lost_on_validation(params: Params, vocabulary: Vocabulary) -> Counter[str]:
    """Occurrences of each term in the validation split that the tuned model misses, by the term's
    name. It decodes as in `evaluate`."""
    model = open_model(MODEL, params.evaluate.device)
    decoding = decoding_of(params, model)
    pairs = (
        (clip.text, text)
        for clip, text in transcribe_clips(model, clips_of(_DATASET / "validation"), decoding)
    )
    return lost_terms(pairs, vocabulary, decoding.language)


def lost_terms(
    pairs: Iterable[tuple[str, str]], vocabulary: Vocabulary, language: str
) -> Counter[str]:
    """Occurrences of each term in a reference but not in its hypothesis, by the term's name.
    pairs: (reference, hypothesis)."""
    lost: Counter[str] = Counter()
    for reference, hypothesis in pairs:
        aligned = align(reference, hypothesis, language)
        wanted, written = vocabulary.find(aligned.reference), vocabulary.find(aligned.hypothesis)
        for name in {occurrence.entity for occurrence in wanted}:
            counts = match(aligned, _of(wanted, name), _of(written, name))
            lost[name] += counts.lost
    return lost


def _of(occurrences: Sequence[Occurrence], name: str) -> list[Occurrence]:
    return [occurrence for occurrence in occurrences if occurrence.entity == name]


def read_list(language: str) -> list[Term]:
    """The terms of data/terms.txt with the forms to be spoken."""
    lines = read_lines(TERMS)
    below = heading_of(lines)
    return [
        Term(
            scoring_form(variants[0], language),
            forms_of(variants, lambda text: scoring_form(text, language)),
            bool(_MEDICATION.search(below(number)) and not _CLASSES.search(below(number))),
        )
        for number, variants in variants_of(lines)
    ]


def heading_of(lines: Sequence[str]) -> Callable[[int], str]:
    """Maps a line number, from 1, to the last full-line comment above it."""
    headings, last = [""], ""
    for line in lines:
        if line.lstrip().startswith("#"):
            last = line
        headings.append(last)
    return lambda number: headings[number]


def forms_of(variants: Sequence[str], form: Callable[[str], str]) -> tuple[str, ...]:
    """The variants of a term that fit into sentences: the first, in the plural if listed ("about
    panic attacks"), and those of several words or in capitals ("CBT").

    Of two spellings with the same scoring form (`form`), the first is kept.
    """
    first = variants[0]
    plural = next((v for v in variants if v in (f"{first}s", f"{first}es", f"{first[:-1]}ies")), "")
    forms = {form(first): first, form(plural or first): plural or first}
    for variant in variants[1:]:
        if " " in variant or variant.isupper():
            forms.setdefault(form(variant), variant)
    return tuple(spelling for spelling in forms.values() if not plural or spelling != first)


def _spoken_texts(sessions: Path) -> Iterator[tuple[str, str]]:
    """Stem and text of each spoken session in the sessions folder."""
    for path in sorted((sessions / "transcripts").glob("*.vtt")):
        if is_spoken(path.stem):
            cues = vtt.parse(path.read_text(encoding="utf-8"))
            yield path.stem, "\n".join(cue.text for cue in cues)
