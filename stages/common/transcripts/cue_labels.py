"""Speaker labels inside the text of timed cues."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from stages.common.transcripts.cue import Cue, one_line
from stages.common.transcripts.inline_turns import split_inline
from stages.common.transcripts.label_choice import Labels, choose, is_name, is_person
from stages.common.transcripts.labels import (
    LabelCandidate,
    label_candidate,
    split_changes,
    without_sign,
)
from stages.common.transcripts.speakers import common_speaker
from stages.common.transcripts.turn_numbers import without_turn_numbers

_DASH = re.compile(r"^\s*+[-\u2013\u2014]\s*+(?=\S)")


def without_labels(cues: Sequence[Cue]) -> list[Cue]:
    """The cues with the label of each of their lines removed and their text on one line.

    The speaker is the one that all labels name, or "" if a cue has several.
    """
    cues = [replace(cue, text=split_changes(cue.text)) for cue in cues]
    lines = [line for cue in cues for line in cue.text.splitlines()]
    labels = choose([label_candidate(line) for line in lines], lines, timed=True)
    names = _names_above(cues)
    cues = [_without_labels(cue, labels, names) for cue in cues]
    speakers = without_turn_numbers([cue.speaker for cue in cues])
    return [replace(cue, speaker=name) for cue, name in zip(cues, speakers, strict=True)]


def _without_labels(cue: Cue, labels: Labels, names: frozenset[str]) -> Cue:
    speakers, texts = [cue.speaker] if cue.speaker else [], []
    lines = cue.text.splitlines()
    if sum(map(bool, map(_DASH.match, lines))) > 1:  # a dash for each of several speakers
        lines = [_DASH.sub("", line) for line in lines]
    for number, line in enumerate(lines):
        if number == 0 and line.strip() in names:
            speakers.append(line.strip())
            continue
        found = label_candidate(line)
        if not found or (found.name, found.form) not in labels:
            found = LabelCandidate("", line, "colon")
        for speaker, text in split_inline(found, frozenset(name for name, _ in labels), True):
            speakers += [speaker] if speaker else []
            texts.append(without_sign(text))
    return replace(cue, text=one_line(" ".join(texts)), speaker=common_speaker(speakers))


def _names_above(cues: Sequence[Cue]) -> frozenset[str]:
    """Names on a line of their own above the text of each cue, as Teams writes them."""
    firsts, others = [], []
    for cue in cues:
        first, *rest = [line.strip() for line in cue.text.splitlines()] or [""]
        found = label_candidate(first)
        if cue.speaker or not rest or not found or found.form != "alone":
            return frozenset()
        firsts.append(first)
        others += rest
    names = frozenset(firsts)
    few = len(names) < len(firsts) and all(is_person(name) or is_name(name) for name in names)
    return names if few and not names & set(others) else frozenset()
