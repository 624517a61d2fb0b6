"""Writing the dataset: each split's clips, the test split's full recordings and slice labels."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from stages.build_dataset.empty_windows import EmptyWindow, EmptyWindows, make_empty_clip
from stages.build_dataset.membership import SIDES, Pair, draw_pairs, single_window
from stages.build_dataset.planning import Survey, plan, survey
from stages.build_dataset.slice_labels import label_clips
from stages.build_dataset.split_assignment import SPLITS, assign, filled_shares
from stages.build_dataset.train_only import check_splits, train_only_metrics
from stages.build_dataset.windows import Window, make_clip
from stages.common.audio.samples import Pcm16
from stages.common.core.errors import UserError
from stages.common.core.files import new_folder, write_rows, write_text
from stages.common.core.ids import keyed_hash
from stages.common.core.manifest import Recording, read_segments
from stages.common.core.metrics import three_digits
from stages.common.core.params import BuildDataset
from stages.common.dataset.full_recordings import ReadAudio, save_recordings
from stages.common.dataset.labels import Labeller
from stages.common.dataset.model_card import TrainingData, write_training_data
from stages.common.dataset.split_storage import Clip, save_split
from stages.common.text.normalizer import scoring_form


class ClipCounts:
    """Counts the clips that pass through, so that no split is in memory as a whole."""

    def __init__(self, language: str) -> None:
        self._language = language
        self.clips, self.seconds, self.words = 0, 0.0, 0
        self.sha256 = hashlib.sha256()
        """Over the ids, starts, texts (in scoring form and as typed) and audio of all clips: models
        that learned labels of two styles are comparable."""

    def counted(self, clips: Iterable[Clip]) -> Iterator[Clip]:
        """The same clips, counted one by one."""
        for clip in clips:
            self.clips += 1
            self.seconds += clip.seconds
            self.words += len(clip.text.split())
            text = scoring_form(clip.text, self._language)
            facts = f"{clip.id}\0{clip.start}\0{text}\0{clip.written}\0"
            self.sha256.update(facts.encode())
            self.sha256.update(hashlib.sha256(clip.audio).digest())
            yield clip


def build(
    source: Path,
    target: Path,
    recordings: Mapping[str, Recording],
    read_audio: Callable[[str, float], Pcm16],
    key: bytes,
    params: BuildDataset,
    labeller: Labeller,
) -> dict[str, Any]:
    """Write the dataset to the folder `target` and return its metrics.

    Args:
        source: the folder of the normalized manifest.
        recordings: those of the manifest, by id.
        read_audio: a recording's audio with a gain in dB.

    Raises: UserError if a split would be empty; RuntimeError if a recording or a person is in a
        split where it must not be.
    """
    groups = {name: recording.group for name, recording in recordings.items()}
    _check_some_are_for_all(recordings)
    assigned = assign(recordings.values(), key, params.validation, params.test)
    surveyed = survey(read_segments(source), assigned.splits, params, labeller, assigned.left_out)
    _check_no_split_is_empty(surveyed, recordings, params, key)
    metrics: dict[str, Any] = {
        "segments_in": len(surveyed.splits),
        "dropped": dict(sorted(surveyed.dropped.items())),
    }
    empty = EmptyWindows(params, key)

    def at_level(name: str) -> Pcm16:
        return read_audio(name, recordings[name].gain_db)

    def as_recorded(name: str) -> Pcm16:
        return read_audio(name, 0.0)

    with new_folder(target) as fresh:
        for split in SPLITS:
            counts, kept = ClipCounts(params.language), surveyed.kept[split]
            windows: Iterator[Window | EmptyWindow]
            windows = plan(read_segments(source), surveyed, split, params, labeller, key)
            if split == "train":
                windows = empty.added(windows, read_segments(source), recordings)
            clips = _make_clips(windows, labeller, at_level, groups)
            save_split(fresh / split, counts.counted(clips))
            metrics[split] = {
                "people_or_recordings": len({groups[recording] for recording in kept}),
                "recordings": len(kept),
                "segments": kept.total(),
                "clips": counts.clips,
                "seconds": three_digits(counts.seconds),
                "words": int(three_digits(counts.words)),
            }
            if split != "train":
                # Keyed, since a plain hash of a transcript could be checked against guesses.
                digest = keyed_hash(key, f"{split} set", counts.sha256.hexdigest())[:16]
                metrics[f"{split}_set"] = digest
            if split == "test":
                write_text(fresh / "test_set", metrics["test_set"])
                segments = (s for s in read_segments(source) if s.recording in kept)
                # As production receives them: decoding brings both to one level.
                save_recordings(fresh / "test_recordings", segments, as_recorded)
                labels = label_clips(
                    fresh / "test", fresh / "test_recordings", at_level, params.language
                )
                write_rows(fresh / "test_slices.jsonl", labels)
        pairs = draw_pairs(read_segments(source), surveyed, recordings, key)
        metrics["membership_pairs"] = len(pairs)
        _save_pairs(fresh / "membership", pairs, labeller, at_level, groups)
        check_splits(fresh, recordings)
        metrics |= train_only_metrics(fresh, recordings, len(assigned.left_out))
        data = TrainingData(
            metrics["train"]["recordings"], metrics["train_only_recordings"],
            metrics["train_only_share"], metrics["corpora"],
        )  # fmt: skip
        write_training_data(fresh / "train", data)
    return metrics | {"empty_windows": dict(empty.counts)}


def _save_pairs(
    folder: Path,
    pairs: Sequence[Pair],
    labeller: Labeller,
    read: ReadAudio,
    clients: Mapping[str, str],
) -> None:
    """Both sides of `pairs` as splits, and `pairs.jsonl` with their ids in the order of `pairs`."""
    rows = ({"train": train.id, "validation": validation.id} for train, validation in pairs)
    write_rows(folder / "pairs.jsonl", rows)
    for side, segments in zip(SIDES, zip(*pairs, strict=True), strict=False):
        ordered = sorted(segments, key=lambda s: (s.recording, s.start, s.id))
        windows = map(single_window, ordered)
        save_split(folder / side, _make_clips(windows, labeller, read, clients))


def _make_clips(
    windows: Iterable[Window | EmptyWindow],
    labeller: Labeller,
    read_audio: ReadAudio,
    clients: Mapping[str, str],
) -> Iterator[Clip]:
    """The clip of each window; the windows of a recording must be adjacent. clients: recording ->
    the unit of the split that it belongs to."""
    for recording, group in groupby(windows, key=lambda window: window.recording):
        samples = read_audio(recording)
        for window in group:
            if isinstance(window, EmptyWindow):
                clip = make_empty_clip(window, labeller, samples)
            else:
                clip = make_clip(window, labeller, samples)
            yield replace(clip, client=clients[recording])


def _check_some_are_for_all(recordings: Mapping[str, Recording]) -> None:
    if all(recording.use == "train" for recording in recordings.values()):
        raise UserError(
            "sessions.csv: every recording has the use train, so validation and test are empty; "
            "leave the use of your own clients' recordings empty"
        )


def _check_no_split_is_empty(
    surveyed: Survey, recordings: Mapping[str, Recording], params: BuildDataset, key: bytes
) -> None:
    faults, none_assigned = [], False
    for split in SPLITS:
        if not surveyed.kept[split]:
            people = {r.group for r in recordings.values() if r.use == "all" or split == "train"}
            splits = surveyed.recording_splits.items()
            assigned = {recordings[name].group for name, own in splits if own == split}
            none_assigned |= not assigned
            faults.append(
                f"{split} is empty ({len(assigned)} of {len(people)} people or "
                "recordings were assigned to it): add recordings, or raise its share in "
                "build_dataset"
            )
    groups = {r.group for r in recordings.values() if r.use == "all"}
    shares = filled_shares(key, groups, params.validation, params.test) if none_assigned else None
    if shares:
        faults.append(
            "with these recordings no split is empty at build_dataset.validation "
            f"{shares[0]:g} and build_dataset.test {shares[1]:g}"
        )
    if faults and surveyed.dropped:
        dropped = sorted(surveyed.dropped.items())
        faults.append(f"dropped: {', '.join(f'{reason} {count}' for reason, count in dropped)}")
    if faults:
        raise UserError("\n".join(faults))
