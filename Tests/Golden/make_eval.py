#!/usr/bin/env python3
"""A whole evaluation of one clip, computed in float64 by NumPy alone.

    python3 make_eval.py ../MienTests/Golden/evaluation.json

The model is make_golden.py's, the filter bank SignalTests/Golden/make_fbank.py's; added here are the published sampling of
frames and sound, and the normalisation. Inputs are integer formulas over the hashes of make_golden.py, so that the test can
write the same files: 70 pictures of 160×160 as bmp and 2.8 s of 16-bit sound.

    pixel   (x·(1 + c) + y·(2 + c) + t·(5 + 3c) + (hash i of "SEED/picture/t" >> 60)) mod 256, i = (y·160 + x)·3 + c
    sample  ((hash i of "SEED/sound" >> 48) − 32768)·(⌊i / 1600⌋ mod 11 + 1) >> 5
"""
import argparse
import json
import os
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../SignalTests/Golden"))
from make_fbank import rows
from make_golden import Model, digits, hashes, softmax

FRAMES, SAMPLES, SIDE, EVERY, WINDOW, VIEWS = 70, 44800, 160, 4, 16, 2
SIZE = (64, 2, 1, 1, 6)  # width, video depth, audio depth, fusion depth, outputs
MEAN, DEVIATION = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def picture(seed, t):
    y, x, c = np.meshgrid(np.arange(SIDE), np.arange(SIDE), np.arange(3), indexing="ij")
    noise = (hashes(f"{seed}/picture/{t}", SIDE * SIDE * 3) >> np.uint64(60)).astype(int).reshape(SIDE, SIDE, 3)
    return (x * (1 + c) + y * (2 + c) + t * (5 + 3 * c) + noise) % 256


def sound(seed):
    noise = (hashes(f"{seed}/sound", SAMPLES) >> np.uint64(48)).astype(int) - 32768
    return (noise * (np.arange(SAMPLES) // 1600 % 11 + 1) >> 5) / 32768


def sampled():
    """Frame indices and the range of samples of each view."""
    indices = list(range(0, FRAMES, EVERY))
    indices += [indices[-1]] * max(WINDOW - len(indices), 0)
    for view in range(VIEWS):
        first = int(view * (len(indices) - WINDOW) / (VIEWS - 1))
        chosen = indices[first:first + WINDOW]
        begin = int(chosen[0] / (FRAMES - 1) * SAMPLES)
        end = int(min(chosen[-1] + EVERY, FRAMES - 1) / (FRAMES - 1) * SAMPLES)
        yield chosen, begin, end


def main():
    options = argparse.ArgumentParser(description="Golden values of a whole evaluation, in float64.")
    options.add_argument("out", help="the JSON file to write")
    options.add_argument("--seed", default="evaluation")
    arguments = options.parse_args()
    seed = arguments.seed

    model, wave, views, probabilities = Model(SIZE, seed), sound(seed), [], []
    for chosen, begin, end in sampled():
        pixels = np.stack([picture(seed, t) for t in chosen]) / 255
        video = ((pixels - MEAN) / DEVIATION).transpose(3, 0, 1, 2)
        part = wave[begin:end]
        bank = rows(part - part.mean())
        spectrogram = np.zeros((256, 128))
        spectrogram[:len(bank)] = bank[:256]
        logits = model.classify(video, (spectrogram + 4.2677393) / (2 * 4.5689974))[-1]
        views.append({"frames": chosen, "samples": [begin, end], "rows": len(bank), "logits": digits(logits)})
        probabilities.append(softmax(logits))
    names = ("dim", "video_depth", "audio_depth", "fusion_depth", "outputs")
    golden = {"seed": seed, "size": dict(zip(names, SIZE)), "views": views,
              "probabilities": digits(np.mean(probabilities, 0))}
    with open(arguments.out, "w") as file:
        json.dump(golden, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
