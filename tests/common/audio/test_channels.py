"""Mixes and notices for channels with a speaker each, inverted, dead and correlated channels."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import fftconvolve

from attune.speak.espeak import Voice, speak
from stages.common.audio.decode import Decoded, decode
from stages.common.audio.level import measure_level
from stages.common.audio.samples import SAMPLE_RATE, Samples

LINES = (
    ("How have you been sleeping since we last met?", "Not well, I wake up at four every night."),
    ("What goes through your mind when you wake up?", "That I will lose my job, and all else."),
    ("How strong is that thought, from nothing to ten?", "At night it is a nine, by day a three."),
    ("What would you say to a friend who thought so?", "That he has never lost a job before."),
)  # fmt: skip
PAUSE = 0.5
LEVEL = 0.05
"""RMS over each line."""


@cache
def conversation() -> tuple[Samples, Samples, tuple[tuple[float, float, int], ...]]:
    """Each person's speech alone, and (start, end, person) of each line; shapes (samples,)."""
    parts: tuple[list[Samples], list[Samples]] = ([], [])
    turns, at = [], 0.0
    rest = np.zeros(round(PAUSE * SAMPLE_RATE), np.float32)
    for pair in LINES:
        for person, line in enumerate(pair):
            speech = speak(line, Voice("en+f3" if person else "en", pitch=60 if person else 40))
            speech = speech * np.float32(LEVEL / np.sqrt(np.mean(speech**2)))
            parts[person].extend((speech, rest))
            parts[1 - person].append(np.zeros(len(speech) + len(rest), np.float32))
            turns.append((at, at + len(speech) / SAMPLE_RATE, person))
            at += len(speech) / SAMPLE_RATE + PAUSE
    return np.concatenate(parts[0]), np.concatenate(parts[1]), tuple(turns)


def noise(seed: int, dbfs: float = -65.0) -> Samples:
    count = len(conversation()[0])
    values = np.random.default_rng(seed).normal(0, 10 ** (dbfs / 20), count)
    return values.astype(np.float32)


def late(samples: Samples, milliseconds: float) -> Samples:
    shift = round(milliseconds * SAMPLE_RATE / 1000)
    return np.concatenate([np.zeros(shift, np.float32), samples[: len(samples) - shift]])


def decoded(tmp_path: Path, *channels: Samples) -> Decoded:
    path = tmp_path / "x.wav"
    soundfile.write(path, np.stack(channels, axis=1), SAMPLE_RATE, subtype="FLOAT")
    return decode(path)


def levels(samples: Samples) -> list[float]:
    """dBFS over each person's lines."""
    lines = conversation()[2]
    powers: tuple[list[float], list[float]] = ([], [])
    for start, end, person in lines:
        line = samples[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
        powers[person].append(float(np.mean(line**2)))
    return [float(10 * np.log10(np.mean(power))) for power in powers]


FULL = 20 * np.log10(LEVEL)
"""Level of a person's own microphone, in dBFS."""


@pytest.mark.parametrize("crosstalk_db", [-60, -30, -20, -12])
@pytest.mark.parametrize("delay_ms", [0.0, 3.0])
def test_a_person_a_channel(tmp_path: Path, crosstalk_db: float, delay_ms: float) -> None:
    one, other, lines = conversation()
    afar = np.float32(10 ** (crosstalk_db / 20))
    left = one + afar * late(other, delay_ms) + noise(1)
    result = decoded(tmp_path, left, other + afar * late(one, delay_ms) + noise(2))
    assert result.notices == ["audio_two_people"]
    # The crosstalk of -12 dB adds up to 2 dB where it is in phase.
    assert levels(result.samples) == pytest.approx([FULL, FULL], abs=2 if crosstalk_db > -20 else 1)
    assert_turns(result, lines)


def assert_turns(result: Decoded, lines: tuple[tuple[float, float, int], ...]) -> None:
    """Every line is mostly in its own channel's turns, and hardly in the other's."""
    for start, end, person in lines:
        seconds = [0.0, 0.0]
        for first, last, channel in result.turns:
            seconds[channel] += max(0.0, min(end, last) - max(start, first))
        assert seconds[person] > 0.7 * (end - start)
        assert seconds[1 - person] < 0.05 * (end - start)
    assert all(start < end for start, end, _ in result.turns)


@pytest.mark.parametrize(("gain_db", "expected"), [(-3, -3), (-10, 0), (-20, 0), (-26, -6)])
def test_two_levels_are_balanced(tmp_path: Path, gain_db: float, expected: float) -> None:
    """A person's own level stays where it is near the other's; noise is not amplified by more than
    20 dB."""
    one, other, lines = conversation()
    gain = np.float32(10 ** (gain_db / 20))
    left, right = one + 0.03 * other + noise(1, -80), other + 0.03 * one + noise(2, -80)
    result = decoded(tmp_path, left, gain * right)
    assert levels(result.samples) == pytest.approx([FULL, FULL + expected], abs=1)
    assert_turns(result, lines)


def test_both_speak_at_once(tmp_path: Path) -> None:
    """Nothing of either is lost."""
    one, other, _ = conversation()
    result = decoded(tmp_path, one + noise(1), np.roll(other, -2 * SAMPLE_RATE) + noise(2))
    assert result.notices == ["audio_two_people"]
    expected = one + noise(1) + np.roll(other, -2 * SAMPLE_RATE) + noise(2)
    assert np.allclose(result.samples, expected, atol=1e-5)


def test_people_in_channels_of_a_field_recorder(tmp_path: Path) -> None:
    one, other, _ = conversation()
    silent = np.zeros_like(one)
    result = decoded(tmp_path, silent, other + 0.03 * one, silent, one + 0.03 * other)
    assert result.notices == ["audio_channel_dead", "audio_two_people"]
    assert {channel for _, _, channel in result.turns} == {1, 3}
    assert levels(result.samples) == pytest.approx([FULL, FULL], abs=1)


@pytest.mark.parametrize("gain", [-1.0, -0.98, -0.5])
@pytest.mark.parametrize("rate", [16_000, 48_000])
def test_an_inverted_channel(tmp_path: Path, gain: float, rate: int) -> None:
    one, other, _ = conversation()
    both = np.repeat(one + other, rate // SAMPLE_RATE)
    path = tmp_path / "x.wav"
    soundfile.write(path, np.stack([both, gain * both], axis=1), rate, subtype="FLOAT")
    result = decode(path)
    assert result.notices == ["audio_channel_inverted"] and result.turns == []
    expected = FULL + 20 * np.log10((1 - gain) / 2)
    assert levels(result.samples) == pytest.approx([expected, expected], abs=0.5)


@pytest.mark.parametrize("snr_db", [20, 10, 7])
def test_an_inverted_channel_with_noise_of_its_own(tmp_path: Path, snr_db: float) -> None:
    one, other, _ = conversation()
    both, soft = one + other, FULL - snr_db
    result = decoded(tmp_path, both + noise(1, soft), -0.9 * both + noise(2, soft))
    assert result.notices == ["audio_channel_inverted"]
    assert levels(result.samples) == pytest.approx([FULL, FULL], abs=1)


@pytest.mark.parametrize("delay_ms", [0.5, 1.0, 1.5, 2.0, 3.0, 5.0])
def test_a_delayed_channel_is_not_inverted(tmp_path: Path, delay_ms: float) -> None:
    """Although the strongest partials of a voice may cancel."""
    one, other, _ = conversation()
    both = one + other
    result = decoded(tmp_path, both + noise(1), late(both, delay_ms) + noise(2))
    assert result.notices == [] and result.turns == []


def hum(dbfs: float) -> Samples:
    at = np.arange(len(conversation()[0])) / SAMPLE_RATE
    return (2**0.5 * 10 ** (dbfs / 20) * np.sin(2 * np.pi * 50 * at)).astype(np.float32)


@pytest.mark.parametrize(
    "dead", [lambda: 0 * hum(0), lambda: noise(3, -70), lambda: noise(3, -40), lambda: hum(-30)],
    ids=["zeros", "hiss", "loud hiss", "hum"],
)  # fmt: skip
@pytest.mark.parametrize("side", [0, 1])
def test_a_dead_channel(tmp_path: Path, dead: object, side: int) -> None:
    assert callable(dead)
    one, other, _ = conversation()
    channels = [one + other, dead()][:: -1 if side else 1]
    result = decoded(tmp_path, *channels)
    assert result.notices == ["audio_channel_dead"] and result.turns == []
    assert np.allclose(result.samples, one + other, atol=1e-6)


def test_a_person_who_speaks_once_is_not_dead(tmp_path: Path) -> None:
    one, other, lines = conversation()
    start, end = (round(time * SAMPLE_RATE) for time in lines[1][:2])
    once = np.zeros_like(other)
    once[start:end] = other[start:end]
    result = decoded(tmp_path, np.tile(one, 4), np.concatenate([once, np.zeros(3 * len(once))]))
    line = result.samples[start:end]
    assert 10 * np.log10(np.mean(line**2)) == pytest.approx(FULL, abs=6.1)


def test_a_loose_cable_is_no_person(tmp_path: Path) -> None:
    """It crackles for a fifth of a second in each pause."""
    one, other, lines = conversation()
    crackle = np.zeros_like(one)
    for _, end, _ in lines:
        burst = slice(round((end + 0.1) * SAMPLE_RATE), round((end + 0.3) * SAMPLE_RATE))
        crackle[burst] = noise(3, -35)[burst]
    result = decoded(tmp_path, one + other, crackle + noise(4, -80))
    assert result.notices == [] and result.turns == []


@pytest.mark.parametrize("dbfs", [(-30, -30), (-30, -36)])
def test_noise_alone_is_averaged(tmp_path: Path, dbfs: tuple[float, float]) -> None:
    left, right = noise(1, dbfs[0]), noise(2, dbfs[1])
    result = decoded(tmp_path, left, right)
    assert result.notices == [] and np.array_equal(result.samples, (left + right) / np.float32(2))


def room(direct: float, seed: int) -> Samples:
    """Impulse response with 0.4 s of reverberation, shape (6400,)."""
    generator = np.random.default_rng(seed)
    response = generator.normal(0, 0.03, 6400) * np.exp(-6.9 * np.arange(6400) / 6400)
    response[:40] = 0
    response[0] = direct
    return response.astype(np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_two_microphones_in_a_room_are_averaged(tmp_path: Path, seed: int) -> None:
    one, other, _ = conversation()
    direct = np.random.default_rng(seed).uniform(0.5, 1.1, 4)
    paths = [room(gain, 10 * seed + number) for number, gain in enumerate(direct)]
    count = len(one)
    left = fftconvolve(one, paths[0])[:count] + fftconvolve(late(other, 2), paths[1])[:count]
    right = fftconvolve(late(one, 2), paths[2])[:count] + fftconvolve(other, paths[3])[:count]
    left, right = left.astype(np.float32) + noise(1), right.astype(np.float32) + noise(2)
    result = decoded(tmp_path, left, right)
    assert result.notices == [] and result.turns == []
    assert np.array_equal(result.samples, (left + right) / np.float32(2))


@pytest.mark.parametrize("apart_db", [3, 6, 9])
def test_crossed_cardioids_are_averaged(tmp_path: Path, apart_db: float) -> None:
    """Both hear everybody at once, so that they correlate however far apart the levels are."""
    one, other, _ = conversation()
    side = np.float32(10 ** (-apart_db / 20))
    result = decoded(tmp_path, one + side * other + noise(1), side * one + other + noise(2))
    assert result.notices == [] and result.turns == []


def test_microphones_at_two_ends_of_a_table_are_averaged(tmp_path: Path) -> None:
    """They hardly correlate, as the sound is late in one of them, but it is not much softer."""
    one, other, _ = conversation()
    side = np.float32(10 ** (-5 / 20))
    left, right = one + side * late(other, 3) + noise(1), side * late(one, 3) + other + noise(2)
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.4
    result = decoded(tmp_path, left, right)
    assert result.notices == [] and result.turns == []


def test_partials_that_cancel_are_no_inversion(tmp_path: Path) -> None:
    """A delay of 2 ms inverts 250 Hz and leaves 500 Hz as it is."""
    at = np.arange(8 * SAMPLE_RATE) / SAMPLE_RATE
    low, high = (np.sin(2 * np.pi * f * at).astype(np.float32) for f in (250, 500))
    result = decoded(tmp_path, 0.2 * low + 0.1 * high, -0.2 * low + 0.1 * high)
    assert result.notices == []


def test_a_person_alone_is_not_two(tmp_path: Path) -> None:
    one, _, _ = conversation()
    result = decoded(tmp_path, one + noise(1), 0.2 * one + noise(2))
    assert result.notices == []


def test_a_change_of_channels_is_averaged(tmp_path: Path) -> None:
    """As in a chained file: the people of one link would not be those of the next."""
    one, other, _ = conversation()
    links = []
    for number, channels in enumerate(([one, -one], [other])):
        path = tmp_path / f"{number}.ogg"
        soundfile.write(path, np.stack(channels, axis=1), SAMPLE_RATE, subtype="VORBIS")
        links.append(path.read_bytes())
    chain = tmp_path / "x.ogg"
    chain.write_bytes(b"".join(links))
    result = decode(chain)
    assert result.notices == ["audio_joined"] and len(result.samples) == 2 * len(one)
    assert measure_level(result.samples[len(one) :])[0] == pytest.approx(LEVEL, rel=0.2)
