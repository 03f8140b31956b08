#!/usr/bin/env python3
"""Emotion recognisers from PyPI on the test pictures of FER+ and CK+; bench/people runs it.

`fer` (MIT): a convolutional network of 64×64 grey pixels, trained on FER2013. Its own face detection is left out: the cells
are faces already, as it saw them in training.
"""
import collections
import csv
import importlib.util
import pathlib
import sys

import numpy
from ai_edge_litert.interpreter import Interpreter
from PIL import Image

VOTES = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF")
OTHERS = {"contempt", "unknown", "NF"}
# The order of its outputs.
FER = ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"]
CELL = 48


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def majority(row):
    votes = sorted(((int(row[x]), x) for x in VOTES), reverse=True)
    return votes[0][1] if votes[0][0] > votes[1][0] and votes[0][1] not in OTHERS else None


def cells(folder, table, choose):
    """Label and grey pixels of the rows that `choose` gives a label."""
    sheets = {}
    for row in table:
        label = choose(row)
        if label is None:
            continue
        path = folder / row["sheet"]
        if path not in sheets:
            sheets = {path: Image.open(path).convert("L")}
        left, top = int(row["column"]) * CELL, int(row["row"]) * CELL
        yield label, sheets[path].crop((left, top, left + CELL, top + CELL))


class Fer:
    name = "fer 25.10.3 (PyPI)"

    def __init__(self):
        # Found without being imported: that would want TensorFlow.
        package = pathlib.Path(importlib.util.find_spec("fer").origin).parent
        self.network = Interpreter(str(package / "data/emotion_model_quantized.tflite"))
        self.network.allocate_tensors()
        self.input = self.network.get_input_details()[0]["index"]
        self.output = self.network.get_output_details()[0]["index"]

    def probabilities(self, face):
        """In the order of FER."""
        pixels = numpy.asarray(face.resize((64, 64), Image.BILINEAR), numpy.float32)
        self.network.set_tensor(self.input, ((pixels / 255 - 0.5) * 2)[None, :, :, None])
        self.network.invoke()
        return self.network.get_tensor(self.output)[0]

    def __call__(self, face):
        return FER[int(self.probabilities(face).argmax())]


def main():
    folder = pathlib.Path(sys.argv[1])
    faces, posed = rows(folder / "faces.tsv"), rows(folder / "posed.tsv")
    tests = [
        ("faces (FER+)", folder / "faces", faces, lambda r: majority(r) if r["split"] == "test" else None),
        ("posed (CK+), odd people", folder, posed,
         lambda r: r["emotion"] if int(r["person"]) % 2 and r["emotion"] not in OTHERS else None),
    ]
    peer = Fer()
    for title, where, table, choose in tests:
        right, seen = collections.Counter(), collections.Counter()
        for label, face in cells(where, table, choose):
            seen[label] += 1
            right[label] += peer(face) == label
        recalls = {x: right[x] / seen[x] for x in sorted(seen)}
        uar, war = sum(recalls.values()) / len(recalls), sum(right.values()) / sum(seen.values())
        said = " ".join(f"{x[:3]} {100 * y:.0f}" for x, y in recalls.items())
        print(f"{peer.name:20} {title:24} {sum(seen.values()):5} UAR {100 * uar:.1f} WAR {100 * war:.1f}  {said}", flush=True)


if __name__ == "__main__":
    main()
