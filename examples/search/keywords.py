"""Eight spoken words, made on the spot: espeak-ng in many voices, with noise, as MFCCs.

    apt-get install --no-install-recommends espeak-ng python3-numpy
"""

import io
import subprocess
import wave
from typing import Tuple

import numpy as np

WORDS = ["yes", "no", "up", "down", "left", "right", "stop", "go"]
VARIANTS = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5"]
ACCENTS = ["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp"]
RATE, FRAME, HOP, FRAMES, COEFFICIENTS, BANDS = 16000, 640, 320, 49, 10, 40


def spoken(word: str, voice: str, speed: int, pitch: int) -> np.ndarray:
    """One second at 16 kHz, the word in its middle, in [-1, 1]."""
    command = ["espeak-ng", "--stdout", "-v", voice, "-s", str(speed), "-p", str(pitch), word]
    with wave.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True).stdout)) as w:
        sound = np.frombuffer(w.readframes(w.getnframes()), np.int16) / 32768
        rate = w.getframerate()
    times = np.arange(int(len(sound) * RATE / rate)) * rate / RATE
    sound = np.interp(times, np.arange(len(sound)), sound)[:RATE]
    before = (RATE - len(sound)) // 2
    return np.pad(sound, (before, RATE - len(sound) - before))


def mel_filters() -> np.ndarray:
    """[bands, bins] triangles, evenly spaced from 20 to 4000 Hz in mel."""
    mel = np.linspace(*(1127 * np.log1p(np.array([20, 4000]) / 700)), BANDS + 2)
    centres = 700 * np.expm1(mel / 1127)[:, None]
    bins = np.arange(FRAME // 2 + 1) * RATE / FRAME
    rising = (bins - centres[:-2]) / (centres[1:-1] - centres[:-2])
    falling = (centres[2:] - bins) / (centres[2:] - centres[1:-1])
    return np.clip(np.minimum(rising, falling), 0, None)


def mfcc(sounds: np.ndarray) -> np.ndarray:
    """[n, samples] -> [n, frames, coefficients]."""
    starts = np.arange(FRAMES)[:, None] * HOP + np.arange(FRAME)
    frames = sounds[:, starts] * np.hanning(FRAME)
    power = np.abs(np.fft.rfft(frames, axis=-1)) ** 2
    bands = np.log(power @ mel_filters().T + 1e-6)
    k, b = np.arange(COEFFICIENTS)[:, None], np.arange(BANDS) + 0.5
    return bands @ np.cos(np.pi * k * b / BANDS).T / np.sqrt(BANDS)


def augmented(sounds: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Shifted by up to 0.1 s, louder or softer, with noise from 10 dB above the word to 5 dB below
    it."""
    shifts = random.integers(-RATE // 10, RATE // 10, len(sounds))
    moved = np.stack([np.roll(one, shift) for one, shift in zip(sounds, shifts)])
    moved *= random.uniform(0.3, 1, (len(sounds), 1))
    loudness = np.sqrt(np.mean(moved**2, axis=1, keepdims=True))
    noise = random.normal(size=moved.shape) * loudness
    return moved + noise * 10 ** (-random.uniform(-10, 5, (len(sounds), 1)) / 20)


def dataset(copies: int, voices: slice, seed: int) -> Tuple[np.ndarray, np.ndarray]:
    """MFCCs [n, 1, 49, 10], of mean 0 and deviation 1, and labels [n]: every word in these of the
    voices, `copies` times with different noise. Voices of training and test differ."""
    random = np.random.default_rng(seed)
    sounds, labels = [], []
    for label, word in enumerate(WORDS):
        for accent in ACCENTS:
            for variant in VARIANTS[voices]:
                speed, pitch = int(random.integers(120, 220)), int(random.integers(20, 80))
                sounds.append(spoken(word, f"{accent}+{variant}", speed, pitch))
                labels.append(label)
    clean = np.stack(sounds)
    features = np.concatenate([mfcc(augmented(clean, random)) for _ in range(copies)])
    features = (features - features.mean((0, 1))) / features.std((0, 1))
    return features[:, None].astype(np.float32), np.tile(np.array(labels), copies)
