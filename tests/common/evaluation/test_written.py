"""Gains that are spelling alone: their sentences, and the verdict on them."""

from __future__ import annotations

import pytest

from stages.common.core.files import Row
from stages.common.evaluation.comparison.evaluated import Evaluated
from stages.common.evaluation.comparison.result import compare_models
from stages.common.evaluation.comparison.written import loss_sentence, spelling_sentence
from stages.common.text.error_counts import ErrorCounts
from stages.common.text.normalizer import normalize
from stages.common.text.wer import count_errors
from stages.common.text.written_form import written_metrics

KEYS = ("wer_written", "wer", "punctuation_f1", "capitalization_f1")


def model(*values: float | None, style: str | None = "written") -> Evaluated:
    metrics: Row = dict(zip(KEYS, values, strict=False))
    return Evaluated("", metrics, [], {}, None, style)


FELL = "The WER with case and punctuation fell from 30.0% to 20.0%; "
ROSE = "The WER with case and punctuation rose from 20.0% to 30.0%; "
ALONE = "of that is spelling, case and punctuation alone: the WER, which leaves them out, "


@pytest.mark.parametrize(
    ("written", "wer", "expected"),
    [
        ((0.3, 0.2), (0.1, 0.06), f"{FELL}60% {ALONE}fell by 4.0 of the 10.0 points."),
        ((0.3, 0.2), (0.1, 0.1), f"{FELL}all {ALONE}did not fall."),
        ((0.3, 0.2), (0.1, 0.2), f"{FELL}all {ALONE}did not fall."),
        ((0.3, 0.2), (0.2, 0.1), f"{FELL}none {ALONE}fell by as much or more."),
        ((0.3, 0.2), (0.3, 0.1), f"{FELL}none {ALONE}fell by as much or more."),
        ((0.3, 0.2), (0.1, 0.0999), f"{FELL}over 99% {ALONE}fell by 0.0 of the 10.0 points."),
        ((0.2, 0.3), (0.06, 0.1), f"{ROSE}60% {ALONE}rose by 4.0 of the 10.0 points."),
        ((0.2, 0.3), (0.1, 0.05), f"{ROSE}all {ALONE}did not rise."),
        ((0.2, 0.3), (0.1, 0.2), f"{ROSE}none {ALONE}rose by as much or more."),
        ((0.2, 0.2), (0.1, 0.05), "The WER with case and punctuation is unchanged at 20.0%."),
        ((None, None), (0.1, 0.05), ""),
        ((None, 0.2), (0.1, 0.05), ""),
    ],
)
def test_the_share_of_a_change_that_is_spelling(
    written: tuple[float, float], wer: tuple[float, float], expected: str
) -> None:
    first, second = (model(*pair) for pair in zip(written, wer, strict=True))
    assert spelling_sentence(first, second) == expected


def test_an_older_run_has_no_sentence() -> None:
    assert spelling_sentence(model(), model(0.2, 0.1)) == ""
    assert loss_sentence(model(), model(0.2, 0.1, 0.3, 0.3, style="spoken")) == ""


def test_what_spoken_labels_lose() -> None:
    first = model(0.2, 0.1, 0.85, 0.9)
    assert loss_sentence(first, model(0.5, 0.1, 0.021, 0.0, style="spoken")) == (
        "The F1 of punctuation fell from 0.85 to 0.02 and the F1 of capitals fell from 0.90 to "
        "0.00: the labels are in spoken style, and the tuned model writes like its labels; "
        "normalize.style written keeps both."
    )
    assert "F1 of punctuation" not in loss_sentence(
        first, model(0.5, 0.1, 0.86, 0.0, style="verbatim")
    )
    for style in ("written", None):
        assert loss_sentence(first, model(0.5, 0.1, 0.0, 0.0, style=style)) == ""


REFERENCES = (
    "Well, I can't sleep; my PHQ-9 was 12, Dr. Smith.", "She said it's all right, OK?",
    "We met at 10 a.m. and talked for 20 minutes.", "I realised that I am afraid of Mondays.",
)  # fmt: skip
BASES = (
    "well i cannot sleep my phq9 was twelve doctor smith", "she said it is alright okay",
    "we met at ten am and talked for twenty minutes", "i realized that i'm afraid of mondays",
)  # fmt: skip


def evaluated(name: str, hypotheses: tuple[str, ...]) -> Evaluated:
    """Scored as `evaluate` scores, six recordings with the same clips."""
    clips: list[ErrorCounts] = [
        count_errors(f"r{r}", "", reference, hypothesis)
        for r in range(6)
        for reference, hypothesis in zip(REFERENCES, hypotheses, strict=True)
    ]
    words = sum(clip.reference_words for clip in clips)
    metrics: Row = {
        "wer": sum(clip.errors for clip in clips) / words,
        "reference_words": words,
        "seconds": 60.0,
        "recordings": 6,
        "test_set": "set1",
        "normalizer_version": 2,
        "beam_size": 5,
        "window_seconds": 30.0,
        "hotwords": 0,
        **written_metrics(
            [
                (normalize(reference, "written"), text)
                for reference, text in zip(REFERENCES, hypotheses, strict=True)
            ]
        ),
    }
    return Evaluated(name, metrics, clips, {}, 6, "written")


@pytest.mark.parametrize("wrong", ["", " zebra"])
def test_a_gain_that_is_spelling_alone_is_not_shown(wrong: str) -> None:
    """The base hears each word and spells in another way; a wrong word more is in both."""
    base = evaluated("base", tuple(text + wrong for text in BASES))
    tuned = evaluated("tuned", tuple(text + wrong for text in REFERENCES))
    assert base.metrics["wer_written"] > 0.5 and base.metrics["wer"] == tuned.metrics["wer"]
    assert tuned.metrics["wer_written"] < 0.15
    result = compare_models(base, tuned)
    assert (result["verdict"], result["difference"]) == ("not shown", 0)
    (sentence,) = result["written"]
    assert "all of that is spelling, case and punctuation alone" in sentence


def test_one_word_recognized_better_is_shown() -> None:
    """The test above could fail."""
    base = evaluated("base", tuple(f"{text} zebra" for text in REFERENCES))
    assert compare_models(base, evaluated("tuned", REFERENCES))["verdict"] == "better"
