#!/usr/bin/env python3
"""Draws recordings/demo.mp4: a plain shaded face that speaks a few sentences, brows and mouth moving.

Needs, at generation time only: python3-numpy, ffmpeg (with libx264), espeak-ng. Nothing random: the same versions give
the same file. Usage: scripts/make-demo-recording.py [OUTPUT]
"""
import subprocess
import sys
import tempfile
import wave

import numpy as np

WIDTH, HEIGHT, FPS, SECONDS = 480, 360, 25, 10
LINES = [  # when it starts, how it sounds, what is said
    (0.4, ["-s", "150", "-p", "45"], "Hello. This is a drawn face with a synthetic voice."),
    (4.3, ["-s", "165", "-p", "70"], "Now it is very happy to see you!"),
    (7.2, ["-s", "125", "-p", "25"], "And now it is rather sad."),
]

yy, xx = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float64) + 0.5


def blob(picture, x, y, a, b, colour, turn=0.0, soft=1.2, strength=1.0):
    """Blends a soft-edged ellipse into the picture."""
    here, px, py = window(x, y, max(a, b) + soft)
    c, s = np.cos(turn), np.sin(turn)
    u, v = (px - x) * c + (py - y) * s, -(px - x) * s + (py - y) * c
    r = np.sqrt((u / a) ** 2 + (v / b) ** 2)
    alpha = np.clip((1 - r) * min(a, b) / soft + 0.5, 0, 1)[..., None] * strength
    picture[here] += (np.asarray(colour, np.float64) - picture[here]) * alpha


def sheen(picture, x, y, a, b, amount):
    """Lightens (or darkens) with a Gaussian."""
    here, px, py = window(x, y, 4 * max(a, b))
    g = np.exp(-(((px - x) / a) ** 2 + ((py - y) / b) ** 2))
    picture[here] += amount * g[..., None]


def window(x, y, reach):
    """The part of the picture within reach of a point, and its pixels' coordinates."""
    reach = 1.5 * reach + 2
    rows = slice(max(int(y - reach), 0), max(int(y + reach) + 1, 0))
    columns = slice(max(int(x - reach), 0), max(int(x + reach) + 1, 0))
    return (rows, columns), xx[rows, columns], yy[rows, columns]


def draw(t, open_, smile, brow, blink):
    """One frame: mouth opening 0..1, smile -1..1, brows -1..1 (up), blink 0..1."""
    f = 1.0  # of a face about 150 px wide
    x, y = WIDTH / 2 + 6 * np.sin(0.7 * t) + 2 * np.sin(2.3 * t), 182 + 3 * np.sin(1.1 * t)
    p = np.empty((HEIGHT, WIDTH, 3))
    p[:] = (96, 112, 126)
    p += (yy / HEIGHT * -26)[..., None] + ((xx / WIDTH - 0.5) * 14)[..., None]
    blob(p, x, 392, 168 * f, 96 * f, (58, 72, 98), soft=4)  # shoulders
    blob(p, x, y + 92, 38 * f, 60 * f, (176, 132, 108), soft=3)  # neck
    sheen(p, x, y + 84, 40 * f, 22 * f, -46)
    blob(p, x, y - 26, 86 * f, 98 * f, (58, 42, 34), soft=4)  # hair
    blob(p, x - 76 * f, y + 6, 10 * f, 19 * f, (196, 148, 122), soft=2)  # ears
    blob(p, x + 76 * f, y + 6, 10 * f, 19 * f, (196, 148, 122), soft=2)
    blob(p, x, y, 74 * f, 96 * f, (216, 168, 140), soft=2.5)  # head
    face = np.zeros_like(p)
    blob(face, x, y, 74 * f, 96 * f, (1, 1, 1), soft=2.5)
    shade = np.zeros_like(p)
    r2 = ((xx - x + 8) / 74) ** 2 + ((yy - y + 12) / 96) ** 2
    shade += (18 - 44 * r2)[..., None]
    p += shade * face
    blob(p, x, y - 84, 58 * f, 24 * f, (58, 42, 34), soft=6, strength=0.9)  # fringe
    for side in (-1, 1):
        ex, ey = x + side * 31, y - 12
        sheen(p, ex, ey - 2, 19, 12, -34)  # socket
        lid = 7.0 * (1 - 0.9 * blink) * (1 - 0.15 * max(smile, 0))
        blob(p, ex, ey, 14, max(lid, 0.8), (236, 232, 226), soft=1.4)
        if lid > 2:
            blob(p, ex, ey, 6.2, min(6.2, lid), (70, 56, 44), soft=1.2)
            blob(p, ex, ey, 3.0, min(3.0, lid), (16, 14, 14), soft=1)
            blob(p, ex - 1.6, ey - 1.8, 1.2, 1.2, (240, 240, 240), soft=1)
        blob(p, ex, ey - max(lid, 0.8) - 1, 15, 1.8, (74, 48, 40), soft=1.5)  # lid line
        by = ey - 21 - 5 * brow
        blob(p, ex, by, 18, 3.6, (60, 42, 32), turn=side * (0.10 - 0.22 * min(brow, 0)), soft=2)
    sheen(p, x - 3, y + 8, 6, 26, 20)  # nose: ridge, tip, nostrils
    sheen(p, x + 8, y + 14, 6, 18, -14)
    sheen(p, x, y + 30, 15, 6, -26)
    blob(p, x - 7, y + 30, 3.4, 2.2, (110, 66, 56), soft=2)
    blob(p, x + 7, y + 30, 3.4, 2.2, (110, 66, 56), soft=2)
    # Mouth: a row of blobs along a parabola, dark inside, lips around.
    width, gap = 25 + 5 * max(smile, 0) - 5 * open_, 1.2 + 10 * open_
    for inside in (False, True):
        for k in np.linspace(-1, 1, 21):
            mx, my = x + k * width, y + 54 - smile * 7 * (k * k - 0.35) + 2 * open_
            h = gap * np.sqrt(max(1 - k * k, 0))
            if inside:
                blob(p, mx, my, 3.0, h + 0.4, (70, 26, 28), soft=1.5)
            else:
                blob(p, mx, my, 4.6, h + 4.6 * np.sqrt(max(1 - 0.8 * k * k, 0)), (172, 92, 88), soft=2)
    sheen(p, x, y + 72, 22, 5, -16)  # under the lip
    # A still grain, so that the picture is not flatter than any camera's.
    return np.clip(p + GRAIN, 0, 255).astype(np.uint8)


GRAIN = np.random.default_rng(1).normal(0, 1.2, (HEIGHT, WIDTH, 1))


def voice(folder):
    """The three lines at 16 kHz on one track, and how loud each video frame is."""
    rate = 16000
    track = np.zeros(rate * SECONDS)
    for i, (start, how, text) in enumerate(LINES):
        raw, wav = f"{folder}/{i}.raw.wav", f"{folder}/{i}.wav"
        subprocess.run(["espeak-ng", "-v", "en", *how, "-w", raw, text], check=True)
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", raw, "-ar", str(rate), "-ac", "1", wav], check=True)
        with wave.open(wav) as w:
            said = np.frombuffer(w.readframes(w.getnframes()), "<i2") / 32768
        at = int(start * rate)
        n = min(len(said), len(track) - at)
        track[at : at + n] += said[:n]
    track *= 0.7 / max(np.abs(track).max(), 1e-9)
    loud = np.sqrt((track.reshape(FPS * SECONDS, -1) ** 2).mean(1))
    with wave.open(f"{folder}/voice.wav", "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(rate)
        w.writeframes((track * 32767).astype("<i2").tobytes())
    return np.clip(loud / 0.18, 0, 1)


def main():
    output = sys.argv[1] if len(sys.argv) > 1 else "recordings/demo.mp4"
    with tempfile.TemporaryDirectory() as folder:
        loud = voice(folder)
        encoder = subprocess.Popen(
            ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS),
             "-i", "-", "-i", f"{folder}/voice.wav", "-vf", "scale=out_color_matrix=bt601:out_range=tv", "-c:v", "libx264",
             "-threads", "1", "-crf", "27", "-preset", "slow", "-pix_fmt", "yuv420p", "-colorspace", "smpte170m",
             "-c:a", "aac", "-b:a", "48k", "-movflags", "+faststart", "-fflags", "+bitexact", "-flags:v", "+bitexact",
             "-flags:a", "+bitexact", output],
            stdin=subprocess.PIPE)
        mouth = 0.0
        for i in range(FPS * SECONDS):
            t = i / FPS
            mouth += 0.55 * (loud[i] - mouth)
            mood = np.interp(t, [3.6, 4.4, 6.6, 7.4], [0.0, 1.0, 1.0, -0.9])
            blink = max(0.0, 1 - abs((t % 2.7) - 1.3) / 0.12)
            encoder.stdin.write(draw(t, mouth, mood, 0.9 * mood + 0.2 * np.sin(1.9 * t), blink).tobytes())
        encoder.stdin.close()
        sys.exit(encoder.wait())


if __name__ == "__main__":
    main()
