#!/usr/bin/env python3
"""Golden answers, losses and gradients of VAVL, computed in float64 by NumPy alone.

    python3 make_vavl.py OUT --seed a            vavl_features.json, vavl_light.json, vavl_actions.json
    MIEN_GOLDEN=OUT swift test --filter VAVLTests    tries those instead

Weights and inputs are hashes of their names, as make_golden.py explains. Gradients come from the tape of array operations
of make_training.py. Every clip is computed by itself at its own length, so nothing here knows about padding; a convolution
is a sum over its kernel's places, and attention looks up the position of every pair.
"""
import argparse
import json
import os

import numpy as np

from make_golden import parameter, uniform
from make_training import Node, average, backward, concordance, cross_entropy, join, node, softmax

EPSILON, MOMENTUM = 1e-5, 0.1
FRAMES, SIDE, ROWS, BINS, PATCH, BLOCK = 16, 160, 256, 128, 4, 8

CASES = {
    "features": dict(width=24, attentionHeads=3, blocks=2, sharedBlocks=1, taps=5, bottleneck=7, classes=4, attributes=2,
                     video=dict(kind="features", width=11, steps=6), audio=dict(kind="features", width=9, steps=8)),
    "light": dict(width=16, attentionHeads=2, blocks=1, sharedBlocks=1, taps=7, bottleneck=None, classes=3, attributes=0,
                  video=dict(kind="light", channels=[4, 6, 5]), audio=dict(kind="light", channels=[3, 5])),
    # The attributes are actions: the newest step's token tells them.
    "actions": dict(width=16, attentionHeads=2, blocks=1, sharedBlocks=1, taps=3, bottleneck=None, classes=3, attributes=2,
                    actions=True, video=dict(kind="features", width=11, steps=6), audio=dict(kind="features", width=9, steps=8)),
}
# What each clip of a batch has, and steps of features where they are not all.
PRESENT = ["av", "av", "a", "v"]
LENGTHS = dict(video=[6, 3, None, 1], audio=[8, 5, 2, None])
LABELS = [1, 0, 2, 1]
ATTRIBUTES = [[0.2, 0.7], [0.9, 0.1], [0.4, 0.5], [0.6, 0.8]]


# Names

def halved(height, width, times):
    for _ in range(times):
        height, width = (height + 1) // 2, (width + 1) // 2
    return height, width


def places(modality):
    return (SIDE // PATCH, SIDE // PATCH) if modality == "video" else (BLOCK // PATCH, BINS // PATCH)


def feature_width(sizes, modality):
    encoder = sizes[modality]
    if encoder["kind"] == "features":
        return encoder["width"]
    height, width = halved(*places(modality), len(encoder["channels"]) - 1)
    return height * width * encoder["channels"][-1]


def target_width(sizes, modality):
    if sizes[modality]["kind"] == "features":
        return sizes[modality]["width"]
    return 300 if modality == "video" else BINS


def heads(sizes):
    """Name, modalities, task, outputs."""
    table, reads_actions = [], sizes.get("actions", False)
    rated = "_actions" if reads_actions else "_attributes"
    for task, outputs, ending in (("classes", sizes["classes"], ""), ("attributes", sizes["attributes"], rated)):
        for name, modalities in (("both", "av"), ("audio", "a"), ("video", "v")):
            if outputs and (task == "classes" or not reads_actions or modalities == "v"):
                table.append((name + ending, modalities, task, outputs))
    return table


def shapes(sizes):
    w, table = sizes["width"], {}

    def linear(at, inputs, outputs, bias=True):
        table[at + ".weight"] = (outputs, inputs)
        if bias:
            table[at + ".bias"] = (outputs,)

    def norm(at, width):
        table[at + ".weight"] = table[at + ".bias"] = (width,)

    def batch_norm(at, width):
        norm(at, width)
        table[at + ".running_mean"] = table[at + ".running_var"] = (width,)

    def block(at):
        for part in ("feed_forward1", "feed_forward2"):
            norm(f"{at}.{part}.norm", w)
            linear(f"{at}.{part}.widen", w, 4 * w)
            linear(f"{at}.{part}.narrow", 4 * w, w)
        norm(at + ".attention.norm", w)
        linear(at + ".attention.query_key_value", w, 3 * w)
        linear(at + ".attention.position", w, w, False)
        linear(at + ".attention.projection", w, w)
        table[at + ".attention.content_bias"] = table[at + ".attention.position_bias"] = (
            sizes["attentionHeads"], w // sizes["attentionHeads"])
        norm(at + ".convolution.norm", w)
        linear(at + ".convolution.widen", w, 2 * w)
        table[at + ".convolution.depthwise.weight"] = (w, 1, sizes["taps"])
        batch_norm(at + ".convolution.batch_norm", w)
        linear(at + ".convolution.narrow", w, w)
        norm(at + ".norm", w)

    def perceptron(at, inputs, outputs):
        linear(at + ".hidden", inputs, w)
        linear(at + ".narrow", w, w // 2)
        linear(at + ".output", w // 2, outputs)

    for modality in ("video", "audio"):
        encoder = sizes[modality]
        if encoder["kind"] == "light":
            channels, at = encoder["channels"], modality + ".encoder"
            values = PATCH * PATCH * (3 if modality == "video" else 1)
            table[at + ".stem.weight"] = (channels[0], values)
            batch_norm(at + ".stem.norm", channels[0])
            for i, (before, after) in enumerate(zip(channels, channels[1:])):
                for name, inputs in (("narrowing", before), ("first", after), ("second", after)):
                    table[f"{at}.stages.{i}.{name}.weight"] = (after, 3, 3, inputs)
                    batch_norm(f"{at}.stages.{i}.{name}.norm", after)
        width = feature_width(sizes, modality)
        if sizes["bottleneck"]:
            linear(modality + ".narrow", width, sizes["bottleneck"], False)
        linear(modality + ".widen", sizes["bottleneck"] or width, w)
        for i in range(sizes["blocks"]):
            block(f"{modality}.blocks.{i}")
        perceptron("reconstruction." + modality, w, target_width(sizes, modality))
    linear("shared.widen", w, w)
    for i in range(sizes["sharedBlocks"]):
        block(f"shared.blocks.{i}")
    norm("shared.norm", w)
    for name, modalities, _, outputs in heads(sizes):
        perceptron("heads." + name, len(modalities) * w, outputs)
        if name.endswith("_actions"):
            norm(f"heads.{name}.norm", w)
    return table


# What the tape of make_training.py lacks

def sigmoid(x):
    s = 1 / (1 + np.exp(-x.value))
    return Node(s, (x,), lambda g: x.take(g * s * (1 - s)))


def relu(x):
    return Node(np.maximum(x.value, 0), (x,), lambda g: x.take(g * (x.value > 0)))


def pick(x, index):
    """x[index], where a row may be taken several times."""
    def back(g):
        whole = np.zeros_like(x.value)
        np.add.at(whole, index, g)
        x.take(whole)
    return Node(x.value[index], (x,), back)


def pad(x, widths):
    inside = tuple(slice(a, a + n) for (a, _), n in zip(widths, x.value.shape))
    return Node(np.pad(x.value, widths), (x,), lambda g: x.take(g[inside]))


# The model: a clip's x is (steps, width)

class Model:
    def __init__(self, sizes, seed, training):
        self.sizes, self.training, self.running = sizes, training, {}
        self.p = {n: Node(parameter(seed, n, s)) for n, s in shapes(sizes).items()}

    def linear(self, at, x):
        y = x @ self.p[at + ".weight"].swap(0, 1)
        return y + self.p[at + ".bias"] if at + ".bias" in self.p else y

    def norm(self, at, x):
        centred = x - x.mean(-1)
        spread = ((centred * centred).mean(-1) + EPSILON).power(0.5)
        return centred / spread * self.p[at + ".weight"] + self.p[at + ".bias"]

    def batch_norm(self, at, clips):
        """Over all rows of all clips, each (…, columns)."""
        if self.training:
            rows = join([c.reshape(-1, c.value.shape[-1]) for c in clips], 0)
            mean = rows.mean(0)
            variance = ((rows - mean) * (rows - mean)).mean(0)
            n = rows.value.shape[0]
            self.running.setdefault(at, []).append((n, mean.value[0], variance.value[0]))
        else:
            mean, variance = self.p[at + ".running_mean"], self.p[at + ".running_var"]
        spread = (variance + EPSILON).power(0.5)
        columns = clips[0].value.shape[-1]
        mean, spread = mean.reshape(columns), spread.reshape(columns)
        return [(c - mean) / spread * self.p[at + ".weight"] + self.p[at + ".bias"] for c in clips]

    def attention(self, at, x):
        d, h = x.value.shape[-1], self.sizes["attentionHeads"]
        n, w = x.value.shape[0], d // h
        qkv = self.linear(at + ".query_key_value", self.norm(at + ".norm", x))
        distance = np.arange(n - 1, -n, -1)
        channel = np.arange(d)
        angle = distance[:, None] / 10000.0 ** (channel // 2 * 2 / d)
        table = np.where(channel % 2, np.cos(angle), np.sin(angle)).astype(np.float32).astype(np.float64)
        r = self.linear(at + ".position", node(table))
        index = n - 1 - (np.arange(n)[:, None] - np.arange(n)[None])  # of every query and key
        answers = []
        for head in range(h):
            columns = slice(head * w, (head + 1) * w)
            q, k, v = (qkv[:, i * d + head * w:i * d + (head + 1) * w] for i in range(3))
            content = (q + self.p[at + ".content_bias"][head]) @ k.swap(0, 1)
            far = pick(r[:, columns], index)
            position = ((q + self.p[at + ".position_bias"][head]).reshape(n, 1, w) * far).sum(-1).reshape(n, n)
            answers.append(softmax((content + position) * w**-0.5) @ v)
        return x + self.linear(at + ".projection", join(answers, -1))

    def half(self, at, x):
        y = self.linear(at + ".widen", self.norm(at + ".norm", x))
        return x + self.linear(at + ".narrow", y * sigmoid(y)) * 0.5

    def block(self, at, clips):
        clips = [self.attention(at + ".attention", self.half(at + ".feed_forward1", x)) for x in clips]
        heard, c = [], at + ".convolution"
        for x in clips:
            y = self.linear(c + ".widen", self.norm(c + ".norm", x))
            d, n = x.value.shape[-1], x.value.shape[0]
            y, taps = y[:, :d] * sigmoid(y[:, d:]), self.sizes["taps"]
            wide = pad(y, ((taps // 2, taps // 2), (0, 0)))
            total = node(0.0)
            for j in range(taps):
                total = total + wide[j:j + n] * self.p[c + ".depthwise.weight"][:, 0, j]
            heard.append(total)
        normed = self.batch_norm(c + ".batch_norm", heard)
        clips = [x + self.linear(c + ".narrow", y * sigmoid(y)) for x, y in zip(clips, normed)]
        return [self.norm(at + ".norm", self.half(at + ".feed_forward2", x)) for x in clips]

    def convolve(self, at, clips, stride):
        """(steps, height, width, channels), then batch normalisation."""
        weight, results = self.p[at + ".weight"], []
        for x in clips:
            _, height, width, _ = x.value.shape
            wide = pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
            total = node(0.0)
            for down in range(3):
                for across in range(3):
                    seen = wide[:, down:down + height:stride, across:across + width:stride]
                    total = total + seen @ weight[:, down, across].swap(0, 1)
            results.append(total)
        return self.batch_norm(at + ".norm", results)

    def encode(self, modality, clips):
        """Patches (steps, height, width, values) to features (steps, width)."""
        at = modality + ".encoder"
        clips = [node(x) @ self.p[at + ".stem.weight"].swap(0, 1) for x in clips]
        clips = [relu(x) for x in self.batch_norm(at + ".stem.norm", clips)]
        for i in range(len(self.sizes[modality]["channels"]) - 1):
            stage = f"{at}.stages.{i}"
            clips = [relu(x) for x in self.convolve(stage + ".narrowing", clips, 2)]
            inner = [relu(x) for x in self.convolve(stage + ".first", clips, 1)]
            clips = [relu(x + y) for x, y in zip(clips, self.convolve(stage + ".second", inner, 1))]
        return [x.reshape(x.value.shape[0], -1) for x in clips]

    def summaries(self, modality, clips):
        """Of every clip the summary, and the token of its newest step."""
        if self.sizes[modality]["kind"] == "light":
            clips = self.encode(modality, clips)
        else:
            clips = [node(x) for x in clips]
        if self.sizes["bottleneck"]:
            clips = [self.linear(modality + ".narrow", x) for x in clips]
        clips = [self.linear(modality + ".widen", x) for x in clips]
        newest = [x[-1] for x in clips]
        for i in range(self.sizes["blocks"]):
            clips = self.block(f"{modality}.blocks.{i}", clips)
        shared = [self.linear("shared.widen", x) for x in clips]
        for i in range(self.sizes["sharedBlocks"]):
            shared = self.block(f"shared.blocks.{i}", shared)
        return [self.norm("shared.norm", y + x).mean(0) for x, y in zip(clips, shared)], newest

    def perceptron(self, at, x):
        return self.linear(at + ".output", self.linear(at + ".narrow", relu(self.linear(at + ".hidden", x))))


def inputs(sizes, seed):
    """What the Swift test builds too: for each clip its steps, or nothing."""
    result = {}
    for modality in ("video", "audio"):
        encoder, clips = sizes[modality], []
        for i, present in enumerate(PRESENT):
            if modality[0] not in present:
                clips.append(None)
            elif encoder["kind"] == "features":
                whole = uniform(f"{seed}/{modality} {i}", encoder["steps"], encoder["width"]).astype(np.float64)
                clips.append(whole[: LENGTHS[modality][i]])
            elif modality == "video":
                clips.append(uniform(f"{seed}/video {i}", 3, FRAMES, SIDE, SIDE).astype(np.float64))
            else:
                clips.append(uniform(f"{seed}/audio {i}", ROWS, BINS).astype(np.float64))
        result[modality] = clips
    return result


def patches(modality, x):
    """As the checkpoint's stem has them: channel, row, column."""
    if modality == "video":
        n = SIDE // PATCH
        x = x.reshape(3, FRAMES, n, PATCH, n, PATCH).transpose(1, 2, 4, 0, 3, 5)
        return x.reshape(FRAMES, n, n, 3 * PATCH * PATCH)
    x = x.reshape(ROWS // BLOCK, BLOCK // PATCH, PATCH, BINS // PATCH, PATCH).transpose(0, 1, 3, 2, 4)
    return x.reshape(ROWS // BLOCK, BLOCK // PATCH, BINS // PATCH, PATCH * PATCH)


def target(sizes, modality, x):
    if sizes[modality]["kind"] == "features" or modality == "audio":
        return x.mean(0)
    return x.reshape(3, FRAMES, 10, 16, 10, 16).mean((1, 3, 5)).reshape(-1)


def run(sizes, seed, training):
    model, given = Model(sizes, seed, training), inputs(sizes, seed)
    light = {m: sizes[m]["kind"] == "light" for m in given}
    summaries, newest = {}, {}
    for modality, clips in given.items():
        there = [i for i, x in enumerate(clips) if x is not None]
        seen = [patches(modality, clips[i]) if light[modality] else clips[i] for i in there]
        found, tokens = model.summaries(modality, seen)
        summaries[modality], newest[modality] = dict(zip(there, found)), dict(zip(there, tokens))
    losses, total, answers = {}, node(0.0), {}
    for name, modalities, task, outputs in heads(sizes):
        clips = [i for i, p in enumerate(PRESENT) if set(modalities) <= set(p)]
        rows = []
        for i in clips:
            if name.endswith("_actions"):
                rows.append(model.norm(f"heads.{name}.norm", newest["video"][i].reshape(1, -1)))
                continue
            parts = [summaries[m][i] for m in ("audio", "video") if m[0] in modalities]
            if len(parts) == 2:  # The joint heads train themselves alone.
                parts = [node(p.value) for p in parts]
            rows.append(join(parts, -1))
        y = model.perceptron("heads." + name, join(rows, 0))
        answers[name] = y.value.tolist()
        if task == "classes":
            smooth = np.full((len(clips), outputs), 0.1 / outputs)
            for row, i in enumerate(clips):
                smooth[row, LABELS[i]] += 0.9
            loss = cross_entropy(y, np.float64(np.float32(smooth)))
        else:
            loss = concordance(y, np.array(ATTRIBUTES)[clips]) * float(outputs)
        losses[name], total = float(loss.value), total + loss
    for modality, table in summaries.items():
        clips = sorted(table)
        y = model.perceptron("reconstruction." + modality, join([table[i] for i in clips], 0))
        truth = np.stack([target(sizes, modality, given[modality][i]) for i in clips])
        loss = average((y - truth) * (y - truth))
        losses["reconstruction " + modality] = float(loss.value)
        total = total + loss * (2.0 if sizes["classes"] else 1.0)
    return model, answers, losses, total


def running(model):
    """The sum of the running moments' values after one step."""
    result = {}
    for at, found in model.running.items():
        n = sum(f[0] for f in found)
        mean = sum(f[0] * f[1] for f in found) / n
        variance = sum(f[0] * (f[2] + f[1]**2) for f in found) / n - mean**2
        for name, value in (("running_mean", mean), ("running_var", variance * n / (n - 1))):
            old = model.p[f"{at}.{name}"].value
            result[f"{at}.{name}"] = float(((1 - MOMENTUM) * old + MOMENTUM * value).sum())
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out")
    parser.add_argument("--seed", default="a")
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    for name, sizes in CASES.items():
        model, answers, losses, total = run(sizes, options.seed, True)
        backward(total)
        norms = {n: float(np.linalg.norm(p.gradient)) for n, p in model.p.items() if p.gradient is not None}
        golden = {
            "seed": options.seed, "sizes": {k: v for k, v in sizes.items() if v is not None},
            "names": {n: list(s) for n, s in shapes(sizes).items()}, "present": PRESENT,
            "lengths": LENGTHS, "labels": LABELS, "attributes": ATTRIBUTES,
            "answers": answers, "losses": losses, "total": float(total.value), "gradient_norms": norms,
            "running": running(model), "recognition": run(sizes, options.seed, False)[1],
        }
        with open(os.path.join(options.out, f"vavl_{name}.json"), "w", encoding="utf-8") as file:
            json.dump(golden, file, indent=1)
            file.write("\n")
        print(name, losses, golden["total"])


if __name__ == "__main__":
    main()
