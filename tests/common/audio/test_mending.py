"""Wild samples and a DC offset: the speech around them survives at its level."""

from __future__ import annotations

import numpy as np
import pytest

from stages.common.audio.decode import decode
from stages.common.audio.level import measure_level
from stages.common.audio.mending import WildSamples, remove_offset
from stages.common.audio.samples import Samples
from stages.common.core.rejections import RecordingRejected
from tests.support.mini_project import MiniProject, voice


def speech() -> Samples:
    scaled: Samples = 0.3 * np.tile(voice(), 4) / np.abs(voice()).max()
    return scaled


def difference(samples: Samples, other: Samples) -> float:
    assert len(samples) == len(other)
    return float(np.abs(samples - other).max())


def decibels(samples: Samples, other: Samples) -> float:
    """Level of speech in one by that in the other."""
    return float(20 * np.log10(measure_level(samples)[0] / measure_level(other)[0]))


@pytest.mark.parametrize("rate", [16_000, 48_000])
@pytest.mark.parametrize("value", [1e30, -1e30, 1e6, 100.0, np.nan, np.inf, -np.inf])
def test_one_wild_sample(mini: MiniProject, value: float, rate: int) -> None:
    given = np.repeat(speech(), rate // 16_000)
    given[len(given) // 3] = value
    decoded = decode(mini.audio("x.wav", given, rate, "FLOAT"))
    assert decoded.notices == ["audio_wild_samples"]
    assert np.isfinite(decoded.samples).all() and len(decoded.samples) == len(speech())
    assert abs(decibels(decoded.samples, speech())) < 1
    if rate == 16_000:
        kept = np.arange(len(given)) != len(given) // 3
        assert np.array_equal(decoded.samples[kept], speech()[kept])


def test_a_burst_is_wild_too(mini: MiniProject) -> None:
    given = speech()
    given[20_000:20_100] = 1e20
    decoded = decode(mini.audio("x.wav", given, subtype="DOUBLE"))
    assert decoded.notices == ["audio_wild_samples"]
    assert abs(decibels(decoded.samples, speech())) < 1


def test_wild_samples_are_counted() -> None:
    wild = WildSamples()
    block = np.tile(speech()[:1600, None], (1, 2))
    assert wild.mend(block) is block and wild.count == 0
    block[[3, 5], 0] = np.nan, 1e9
    assert not wild.mend(block)[[3, 5], 0].any() and wild.count == 2
    assert np.isnan(block[3, 0])  # the given block is not changed


@pytest.mark.parametrize("scale", [2.0, 32_767.0, 2.0**31])
def test_a_file_of_another_scale_has_none(mini: MiniProject, scale: float) -> None:
    """Some tools write the values of integers as floats."""
    given = speech() * np.float32(scale / 0.3)
    decoded = decode(mini.audio("x.wav", given, subtype="FLOAT"))
    assert "audio_wild_samples" not in decoded.notices
    assert difference(decoded.samples, speech() / np.float32(0.3)) < 1e-3


def test_a_knock_is_not_wild(mini: MiniProject) -> None:
    """Five times as loud as the speech, in a file of another scale."""
    given = speech() * np.float32(32_767 / 0.3 / 5)
    given[40_000] = 32_767
    decoded = decode(mini.audio("x.wav", given, subtype="FLOAT"))
    assert decoded.samples[40_000] == 1.0


def test_a_file_full_of_them_is_rejected(mini: MiniProject) -> None:
    given = speech()
    given[::90] = np.nan
    with pytest.raises(RecordingRejected, match="audio_nan"):
        decode(mini.audio("x.wav", given, subtype="FLOAT"))


@pytest.mark.parametrize("subtype", ["FLOAT", "PCM_16"])
@pytest.mark.parametrize("offset", [0.6, -0.3, 0.05])
def test_an_offset_is_removed(mini: MiniProject, subtype: str, offset: float) -> None:
    decoded = decode(mini.audio("x.wav", speech() + np.float32(offset), subtype=subtype))
    assert decoded.notices == ["audio_offset"]
    assert abs(decibels(decoded.samples, speech())) < 0.1
    assert difference(decoded.samples, speech()) < 0.002


def test_an_offset_of_one_channel(mini: MiniProject) -> None:
    """It is neither correlation nor power."""
    both = np.stack([speech() + np.float32(0.6), speech()], axis=1)
    decoded = decode(mini.audio("x.wav", both, subtype="FLOAT"))
    assert decoded.notices == ["audio_offset"]
    assert difference(decoded.samples, speech()) < 0.002


def test_an_offset_that_begins_late() -> None:
    given = np.tile(speech(), 3)
    clean = given.copy()
    given[len(given) // 2 :] += np.float32(0.4)
    assert remove_offset(given)
    away = np.abs(np.arange(len(given)) - len(given) // 2) > 3_200
    assert difference(given[away], clean[away]) < 0.005


@pytest.mark.parametrize("offset", [0.0, 0.0009, 0.004])
def test_a_small_offset_stays(offset: float) -> None:
    given = speech() + np.float32(offset)
    kept = given.copy()
    assert not remove_offset(given) and np.array_equal(given, kept)


def test_quiet_speech_with_an_offset_has_its_own_level() -> None:
    given = 0.01 * speech()
    clean = given.copy()
    given += np.float32(0.003)
    assert remove_offset(given) and abs(decibels(given, clean)) < 0.5
