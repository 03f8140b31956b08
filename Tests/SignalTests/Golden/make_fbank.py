"""Golden rows of the log-mel filter bank, from the formula in float64.

    python3 make_fbank.py SAMPLES.i16 ROWS.f32      writes half a second of a made-up signal and its rows
    python3 make_fbank.py --of SAMPLES.i16 ROWS.f32 writes the rows of given samples (16 kHz, int16 little-endian)

The definition (Kaldi's, with HiCMAE's settings): 25 ms frames every 10 ms, only where they fit whole; each frame minus
its mean; x[i] - 0.97 x[i - 1] (the first sample stands before itself); Hann window with n - 1; zeros to 512; power
spectrum without the Nyquist bin; 128 triangles of height 1, evenly spaced in mel between 20 Hz and 8 kHz, linear in mel;
natural logarithm, floored at float32's epsilon.
"""
import sys

import numpy as np

RATE, FRAME, SHIFT, POINTS, BINS = 16000, 400, 160, 512, 128


def mel(hertz):
    return 1127.0 * np.log1p(np.asarray(hertz, float) / 700.0)


def triangles():
    edges = np.linspace(mel(20.0), mel(8000.0), BINS + 2)
    at = mel(np.arange(POINTS // 2) * RATE / POINTS)
    rising = (at[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - at[None]) / (edges[2:] - edges[1:-1])[:, None]
    return np.clip(np.minimum(rising, falling), 0.0, None)


def rows(samples):
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(FRAME) / (FRAME - 1))
    bank, out = triangles(), []
    for start in range(0, len(samples) - FRAME + 1, SHIFT):
        x = samples[start:start + FRAME]
        x = x - x.mean()
        x = x - 0.97 * np.concatenate([x[:1], x[:-1]])
        power = np.abs(np.fft.rfft(x * hann, POINTS)[:-1]) ** 2
        out.append(np.log(np.maximum(bank @ power, np.finfo(np.float32).eps)))
    return np.array(out).reshape(-1, BINS)


def signal():
    """Silence, a rising tone with a formant-like envelope, noise, a click on a DC offset."""
    t = np.arange(RATE // 2) / RATE
    noise = np.random.default_rng(2401).standard_normal(len(t))
    x = np.where((t > 0.05) & (t < 0.30), 0.5 * np.sin(2 * np.pi * (150 * t + 6000 * t * t)), 0.0)
    x += np.where(t > 0.25, 0.05 * noise, 0.0) + np.where(t > 0.4, 0.2, 0.0)
    x[7000] += 0.5
    return np.clip(np.round(32767 * x), -32768, 32767).astype('<i2')


if __name__ == '__main__':
    given = sys.argv[1] == '--of'
    source, target = sys.argv[1 + given:]
    if not given:
        signal().tofile(source)
    rows(np.fromfile(source, '<i2').astype(float) / 32768).astype('<f4').tofile(target)
