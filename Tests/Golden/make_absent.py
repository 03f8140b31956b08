#!/usr/bin/env python3
"""Golden logits, losses and gradients of a HiCMAE with values for an absent modality, in float64 by NumPy alone.

    python3 make_absent.py OUT --seed c --size odd       absent_odd.json, as in Tests/TrainingTests/Golden
    MIEN_GOLDEN=OUT swift test --filter TrainingTests    tries that instead

The clips of the batch have both modalities, sound alone, picture alone, and so on in turn. Each clip is computed by itself;
the model and the hashes are those of make_training.py.
"""
import argparse
import json
import os

import numpy as np

from make_golden import parameter, uniform
from make_training import (SIZES, Model, Node, backward, concordance, cross_entropy, digits, join, node, norms,
                           patches, shapes, softmax, tubelets)

PRESENT = ["av", "a", "v", "av", "v", "a"]


def absent_shapes(size):
    table = shapes(size, size[5], False)
    for modality in ("video", "audio"):
        table[f"absent.{modality}.token"] = table[f"absent.{modality}.summary"] = (size[0],)
    return table


class AbsentModel(Model):
    def __init__(self, size, seed):
        super().__init__(size, seed, outputs=size[5])
        self.p = {n: Node(parameter(seed, n, s)) for n, s in absent_shapes(size).items()}

    def side(self, modality, encoder, inputs):
        """The tokens that go into the fusion, and the summary of all layers."""
        d = self.width
        if inputs is None:
            return (self.p[f"absent.{modality}.token"].reshape(1, 1, d),
                    self.p[f"absent.{modality}.summary"].reshape(1, 1, d))
        layers = self.encode(encoder, inputs)
        shares = softmax(self.p[f"{modality}_layer_weights"])
        total = node(0.0)
        for i, layer in enumerate(layers):
            total = total + layer.mean(1) * shares[i:i + 1]
        return layers[-1], total

    def answer(self, video, audio):
        """Logits (1, outputs) of one clip; None: the modality is absent."""
        v, seen = self.side("video", "encoder", video)
        a, heard = self.side("audio", "encoder_audio", audio)
        fused = self.fuse(v, a)
        feature = join([seen, heard, fused[0].mean(1), fused[1].mean(1)], -1).reshape(1, 4 * self.width)
        return self.linear("head", self.norm("fc_norm", feature))


def golden(size, seed, batch):
    pictures = 2 * uniform(f"{seed}/video", batch, 3, 16, 160, 160).astype(np.float64)
    sounds = uniform(f"{seed}/audio", batch, 256, 128).astype(np.float64)
    video, audio = tubelets(pictures).reshape(batch, 800, 1536), patches(sounds)
    outputs = size[5]
    present = [PRESENT[i % len(PRESENT)] for i in range(batch)]
    labels = [i * 2 % outputs for i in range(batch)]
    target = uniform(f"{seed}/target", batch, outputs).astype(np.float64)
    smooth = np.eye(outputs)[labels] * 0.9 + 0.1 / outputs
    result = {"seed": seed, "batch": batch, "present": present, "labels": labels,
              "targets": [[digits(x) for x in row] for row in target]}
    for name, loss_of in (("cross_entropy_smoothing_0.1", lambda y: cross_entropy(y, smooth)),
                          ("ccc", lambda y: concordance(y, node(target)))):
        model = AbsentModel(size, seed)
        logits = join([model.answer(video[i:i + 1] if "v" in has else None, audio[i:i + 1] if "a" in has else None)
                       for i, has in enumerate(present)], 0)
        loss = loss_of(logits)
        backward(loss)
        result["logits"] = [[digits(x) for x in row] for row in logits.value]
        result[name] = {"loss": digits(loss.value), "gradient_norm": norms(model)}
    return result


def main():
    options = argparse.ArgumentParser(description="Golden values of a HiCMAE with values for an absent modality.")
    options.add_argument("out", help="folder for absent_SIZE.json and names_SIZE_absent.json")
    options.add_argument("--seed", default="c")
    options.add_argument("--size", choices=SIZES, default="odd")
    options.add_argument("--batch", type=int, default=6)
    arguments = options.parse_args()
    size = SIZES[arguments.size]
    os.makedirs(arguments.out, exist_ok=True)
    for name, value in ((f"names_{arguments.size}_absent", absent_shapes(size)),
                        (f"absent_{arguments.size}", golden(size, arguments.seed, arguments.batch))):
        with open(os.path.join(arguments.out, name + ".json"), "w") as file:
            json.dump(value, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
