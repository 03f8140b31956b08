#!/usr/bin/env python3
"""Golden values of HiCMAE recognition, computed in float64 by NumPy alone.

    python3 make_golden.py OUT --seed a --size tiny      classify_tiny.json, as in Tests/HiCMAETests/Golden
    python3 make_golden.py OUT --seed b --size odd       classify_odd.json: narrow, shallow, uneven depths
    MIEN_GOLDEN=OUT swift test --filter HiCMAETests      tries those instead

A second statement of the model, written from the paper (arXiv 2401.05698) and the published parameter names, that shares
no code with the Swift one. Weights and inputs are hashes of their names, so nothing but results is stored:

    origin   FNV-1a (64 bit) of "SEED/NAME"
    hash i   SplitMix64's output function of origin + (i + 1) · 0x9e3779b97f4a7c15
    u i      its upper 24 bits / 2^23 − 1, a float32 in [−1, 1)

A parameter is u scaled by kind (see `parameter`), the picture is 2u of SEED/video, the sound u of SEED/audio.
names_*.json beside the values list the names and shapes of the published checkpoints; `shapes` gives the same.
"""
import argparse
import json
import math
import os

import numpy as np

SIZES = {  # width, video depth, audio depth, fusion depth, outputs
    "odd": (64, 3, 2, 1, 5),
    "tiny": (256, 10, 10, 2, 6),
    "small": (384, 10, 10, 2, 6),
    "base": (512, 10, 10, 2, 6),
}
FEW = 6  # values of a tensor that are written out


# Hashes

def hashes(name, count):
    origin = 0xCBF29CE484222325
    for byte in name.encode():
        origin = (origin ^ byte) * 0x100000001B3 % 2**64
    with np.errstate(over="ignore"):
        x = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(origin)
        x = (x ^ x >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ x >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return x ^ x >> np.uint64(31)


def uniform(name, *shape):
    u = (hashes(name, math.prod(shape)) >> np.uint64(40)).astype(np.float32)
    return (u / np.float32(2**23) - np.float32(1)).reshape(shape)


def parameter(seed, name, shape):
    """float32 values, as float64."""
    u = uniform(f"{seed}/{name}", *shape)
    if name.startswith("mask_token"):
        u = u * np.float32(0.02)
    elif name.endswith("layer_weights"):
        pass
    elif len(shape) > 1:
        u = u * np.float32(math.sqrt(3 / math.prod(shape[1:])))
    elif "norm" in name and name.endswith((".weight", ".running_var")):
        u = np.float32(1) + u * np.float32(0.1)
    else:
        u = u * np.float32(0.1)
    return u.astype(np.float64)


# Names

def shapes(dim, video_depth, audio_depth, fusion_depth, outputs):
    table = {}

    def block(at):
        table.update({f"{at}.norm{n}.{part}": (dim,) for n in (1, 2) for part in ("weight", "bias")})
        table.update({f"{at}.attn.q_bias": (dim,), f"{at}.attn.v_bias": (dim,)})
        table.update({f"{at}.attn.qkv.weight": (3 * dim, dim)})
        for name, rows, columns in (("attn.proj", dim, dim), ("mlp.fc1", 4 * dim, dim), ("mlp.fc2", dim, 4 * dim)):
            table.update({f"{at}.{name}.weight": (rows, columns), f"{at}.{name}.bias": (rows,)})

    def cross(at):
        table.update({f"{at}.cross_norm{n}.{part}": (dim,) for n in (1, 2) for part in ("weight", "bias")})
        c = f"{at}.cross_attn"
        table.update({f"{c}.q_bias": (dim,), f"{c}.v_bias": (dim,), f"{c}.q.weight": (dim, dim)})
        table.update({f"{c}.kv.weight": (2 * dim, dim), f"{c}.proj.weight": (dim, dim), f"{c}.proj.bias": (dim,)})
        block(at)

    for sense, depth, kernel in (("encoder", video_depth, (3, 2, 16, 16)), ("encoder_audio", audio_depth, (1, 16, 16))):
        table.update({f"{sense}.patch_embed.proj.weight": (dim, *kernel), f"{sense}.patch_embed.proj.bias": (dim,)})
        for i in range(depth):
            block(f"{sense}.blocks.{i}")
        table.update({f"{sense}.norm.weight": (dim,), f"{sense}.norm.bias": (dim,)})
    for i in range(fusion_depth):
        cross(f"encoder_fusion.blocks.{i}")
        cross(f"encoder_fusion.blocks_audio.{i}")
    for norm in ("norm", "norm_audio"):
        table.update({f"encoder_fusion.{norm}.weight": (dim,), f"encoder_fusion.{norm}.bias": (dim,)})
    table.update({"video_layer_weights": (video_depth,), "audio_layer_weights": (audio_depth,)})
    table.update({"fc_norm.weight": (4 * dim,), "fc_norm.bias": (4 * dim,)})
    table.update({"head.weight": (outputs, 4 * dim), "head.bias": (outputs,)})
    return table


# The model: x is (tokens, width), one window at a time

erf = np.vectorize(math.erf, otypes=[float])


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


class Model:
    def __init__(self, size, seed):
        self.dim, self.video_depth, self.audio_depth, self.fusion_depth, self.outputs = size
        self.table = {n: parameter(seed, n, s) for n, s in shapes(*size).items()}

    def norm(self, at, x):
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-6)
        return centred / spread * self.table[at + ".weight"] + self.table[at + ".bias"]

    def linear(self, at, x):
        return x @ self.table[at + ".weight"].T + self.table[at + ".bias"]

    def attention(self, at, q, k, v):
        q, k, v = q + self.table[at + ".q_bias"], k, v + self.table[at + ".v_bias"]
        heads = []
        for h in range(0, self.dim, 64):
            one = slice(h, h + 64)
            heads.append(softmax(q[:, one] @ k[:, one].T / 8) @ v[:, one])
        return self.linear(at + ".proj", np.concatenate(heads, -1))

    def block(self, at, x):
        q, k, v = np.split(self.norm(at + ".norm1", x) @ self.table[at + ".attn.qkv.weight"].T, 3, -1)
        x = x + self.attention(at + ".attn", q, k, v)
        wide = self.linear(at + ".mlp.fc1", self.norm(at + ".norm2", x))
        return x + self.linear(at + ".mlp.fc2", wide * (1 + erf(wide / math.sqrt(2))) / 2)

    def cross_block(self, at, x, other):
        c = at + ".cross_attn"
        q = self.norm(at + ".cross_norm1", x) @ self.table[c + ".q.weight"].T
        k, v = np.split(self.norm(at + ".cross_norm2", other) @ self.table[c + ".kv.weight"].T, 2, -1)
        return self.block(at, x + self.attention(c, q, k, v))

    def positions(self, tokens):
        channel = np.arange(self.dim)
        angle = np.arange(tokens)[:, None] / 10000.0 ** (channel // 2 * 2 / self.dim)
        return np.where(channel % 2, np.cos(angle), np.sin(angle)).astype(np.float32).astype(np.float64)

    def encode(self, at, patches, depth):
        """Every layer, normalised."""
        weight = self.table[at + ".patch_embed.proj.weight"].reshape(self.dim, -1)
        x = patches @ weight.T + self.table[at + ".patch_embed.proj.bias"] + self.positions(len(patches))
        layers = []
        for i in range(depth):
            x = self.block(f"{at}.blocks.{i}", x)
            layers.append(self.norm(at + ".norm", x))
        return layers

    def classify(self, picture, sound):
        # (3, 16, 160, 160) to (t, h, w; c, dt, dh, dw), and (256, 128) to (t, f; dt, df).
        tubelets = picture.reshape(3, 8, 2, 10, 16, 10, 16).transpose(1, 3, 5, 0, 2, 4, 6).reshape(800, -1)
        patches = sound.reshape(16, 16, 8, 16).transpose(0, 2, 1, 3).reshape(128, -1)
        video = self.encode("encoder", tubelets, self.video_depth)
        audio = self.encode("encoder_audio", patches, self.audio_depth)
        v, a = video[-1], audio[-1]
        for i in range(self.fusion_depth):
            v, a = (self.cross_block(f"encoder_fusion.blocks.{i}", v, a),
                    self.cross_block(f"encoder_fusion.blocks_audio.{i}", a, v))
        v, a = self.norm("encoder_fusion.norm", v), self.norm("encoder_fusion.norm_audio", a)

        def summary(layers, weights):
            return sum(w * layer.mean(0) for w, layer in zip(softmax(self.table[weights]), layers))

        feature = np.concatenate([summary(video, "video_layer_weights"), summary(audio, "audio_layer_weights"),
                                  v.mean(0), a.mean(0)])
        feature = self.norm("fc_norm", feature)
        return video, audio, v, a, feature, self.linear("head", feature)


# What is written

def digits(values):
    return [float(f"{x:.9g}") for x in np.ravel(values)]


def statistics(windows):
    """Over the whole batch; first values of the first window's first token."""
    x = np.stack(windows)
    return {"mean": digits(x.mean())[0], "std": digits(x.std())[0], "head": digits(x[0, 0, :FEW])}


def main():
    options = argparse.ArgumentParser(description="Golden values of HiCMAE recognition, in float64.")
    options.add_argument("out", help="folder for classify_SIZE.json and names_SIZE_finetune.json")
    options.add_argument("--seed", default="a")
    options.add_argument("--size", choices=SIZES, default="tiny")
    options.add_argument("--batch", type=int, default=2)
    arguments = options.parse_args()
    seed, batch, size = arguments.seed, arguments.batch, SIZES[arguments.size]

    model = Model(size, seed)
    pictures = 2 * uniform(f"{seed}/video", batch, 3, 16, 160, 160).astype(np.float64)
    sounds = uniform(f"{seed}/audio", batch, 256, 128).astype(np.float64)
    results = [model.classify(p, s) for p, s in zip(pictures, sounds)]
    video, audio, v, a, feature, logits = zip(*results)
    golden = {
        "seed": seed, "size": arguments.size, "dim": model.dim, "heads": model.dim // 64, "batch": batch,
        "logits": [digits(x) for x in logits],
        "video_layers": [statistics(x) for x in zip(*video)], "audio_layers": [statistics(x) for x in zip(*audio)],
        "fusion_video": statistics(v), "fusion_audio": statistics(a), "feature_head": digits(feature[0][:8]),
    }
    os.makedirs(arguments.out, exist_ok=True)
    for name, value in ((f"classify_{arguments.size}", golden), (f"names_{arguments.size}_finetune", shapes(*size))):
        with open(os.path.join(arguments.out, name + ".json"), "w") as file:
            json.dump(value, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
