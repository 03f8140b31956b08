#!/usr/bin/env python3
"""Golden losses and gradients of HiCMAE training, computed in float64 by NumPy alone.

    python3 make_training.py OUT --seed a --size tiny      pretrain_tiny.json, finetune_tiny.json
    python3 make_training.py OUT --seed b --size odd       a narrow and shallow model, as in Tests/TrainingTests/Golden
    MIEN_GOLDEN=OUT swift test --filter TrainingTests      tries those instead

Weights, inputs and masks are hashes of their names, as make_golden.py explains; it shares the hashes with this file, and
nothing else. Gradients come from a tape of array operations, each with its own derivative, so that no formula here is
the Swift one's: there, a whole layer norm or attention goes back in one step.
"""
import argparse
import json
import math
import os

import numpy as np

from make_golden import hashes, parameter, uniform

SIZES = {  # width, encoder depth, fusion depth, decoder width, decoder depth, outputs
    "odd": (64, 4, 1, 64, 3, 5),
    "tiny": (256, 10, 2, 128, 4, 6),
}
TEMPERATURE, CONTRAST = 0.07, 0.0025
RATE, BETAS, EPSILON, DECAY = 1e-3, (0.9, 0.95), 1e-8, 0.05


# Arrays that remember how they were made

class Node:
    """An array; `back` adds to its inputs' gradients."""

    def __init__(self, value, inputs=(), back=None):
        self.value, self.inputs, self.back = value, inputs, back
        self.gradient = None

    def take(self, g):
        """Adds to the gradient; what was broadcast on the way out is summed on the way back."""
        extra = g.ndim - self.value.ndim
        g = g.sum(tuple(range(extra))) if extra else g
        ones = tuple(i for i, n in enumerate(self.value.shape) if n == 1 and g.shape[i] != 1)
        g = g.sum(ones, keepdims=True) if ones else g
        self.gradient = g if self.gradient is None else self.gradient + g

    def __add__(self, other):
        other = node(other)
        return Node(self.value + other.value, (self, other), lambda g: (self.take(g), other.take(g)))

    def __mul__(self, other):
        other = node(other)
        return Node(self.value * other.value, (self, other),
                    lambda g: (self.take(g * other.value), other.take(g * self.value)))

    def __sub__(self, other):
        return self + node(other) * -1.0

    def __truediv__(self, other):
        return self * node(other).power(-1.0)

    def __matmul__(self, other):
        return Node(self.value @ other.value, (self, other),
                    lambda g: (self.take(g @ other.value.swapaxes(-1, -2)), other.take(self.value.swapaxes(-1, -2) @ g)))

    def power(self, p):
        return Node(self.value**p, (self,), lambda g: self.take(g * p * self.value ** (p - 1)))

    def exp(self):
        e = np.exp(self.value)
        return Node(e, (self,), lambda g: self.take(g * e))

    def log(self):
        return Node(np.log(self.value), (self,), lambda g: self.take(g / self.value))

    def gelu(self):
        z = self.value
        below = (1 + erf(z / math.sqrt(2))) / 2
        slope = below + z * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        return Node(z * below, (self,), lambda g: self.take(g * slope))

    def sum(self, axis):
        return Node(self.value.sum(axis, keepdims=True), (self,), lambda g: self.take(g + np.zeros_like(self.value)))

    def mean(self, axis):
        return self.sum(axis) * (1 / self.value.shape[axis])

    def reshape(self, *shape):
        return Node(self.value.reshape(shape), (self,), lambda g: self.take(g.reshape(self.value.shape)))

    def swap(self, a, b):
        return Node(self.value.swapaxes(a, b), (self,), lambda g: self.take(g.swapaxes(a, b)))

    def __getitem__(self, index):
        def back(g):
            whole = np.zeros_like(self.value)
            whole[index] = g
            self.take(whole)
        return Node(self.value[index], (self,), back)


def node(x):
    return x if isinstance(x, Node) else Node(np.asarray(x, dtype=np.float64))


def join(nodes, axis):
    ends = np.cumsum([n.value.shape[axis] for n in nodes])[:-1]

    def back(g):
        for n, part in zip(nodes, np.split(g, ends, axis)):
            n.take(part)
    return Node(np.concatenate([n.value for n in nodes], axis), tuple(nodes), back)


def backward(loss):
    order, seen, stack = [], set(), [(loss, False)]
    while stack:
        n, done = stack.pop()
        if done:
            order.append(n)
        elif id(n) not in seen:
            seen.add(id(n))
            stack.append((n, True))
            stack.extend((i, False) for i in n.inputs)
    loss.gradient = np.ones_like(loss.value)
    for n in reversed(order):
        if n.back and n.gradient is not None:
            n.back(n.gradient)
            n.gradient = None


# erf to 1e-16 by its own series and continued fraction would be slow in Python too; the libm one it is.
erf = np.vectorize(math.erf, otypes=[float])


# Names

def shapes(size, outputs, decoders):
    width, depth, fusion, decoder_width, decoder_depth, _ = size
    table = {}

    def linear(at, inputs, outputs_, bias=True):
        table[at + ".weight"] = (outputs_, inputs)
        if bias:
            table[at + ".bias"] = (outputs_,)

    def norm(at, d):
        table[at + ".weight"] = table[at + ".bias"] = (d,)

    def block(at, d, cross=False):
        if cross:
            table[at + ".cross_attn.q_bias"] = table[at + ".cross_attn.v_bias"] = (d,)
            linear(at + ".cross_attn.q", d, d, False)
            linear(at + ".cross_attn.kv", d, 2 * d, False)
            linear(at + ".cross_attn.proj", d, d)
            norm(at + ".cross_norm1", d)
            norm(at + ".cross_norm2", d)
        norm(at + ".norm1", d)
        table[at + ".attn.q_bias"] = table[at + ".attn.v_bias"] = (d,)
        linear(at + ".attn.qkv", d, 3 * d, False)
        linear(at + ".attn.proj", d, d)
        norm(at + ".norm2", d)
        linear(at + ".mlp.fc1", d, 4 * d)
        linear(at + ".mlp.fc2", 4 * d, d)

    for sense, kernel in (("encoder", (3, 2, 16, 16)), ("encoder_audio", (1, 16, 16))):
        table[sense + ".patch_embed.proj.weight"] = (width, *kernel)
        table[sense + ".patch_embed.proj.bias"] = (width,)
        for i in range(depth):
            block(f"{sense}.blocks.{i}", width)
        norm(sense + ".norm", width)
    for i in range(fusion):
        block(f"encoder_fusion.blocks.{i}", width, True)
        block(f"encoder_fusion.blocks_audio.{i}", width, True)
    norm("encoder_fusion.norm", width)
    norm("encoder_fusion.norm_audio", width)
    if outputs:
        table["video_layer_weights"] = table["audio_layer_weights"] = (depth,)
        norm("fc_norm", 4 * width)
        linear("head", 4 * width, outputs)
    if decoders:
        for suffix, values in (("", 1536), ("_audio", 256)):
            table["mask_token" + suffix] = (1, 1, decoder_width)
            linear("encoder_to_decoder" + suffix, width, decoder_width, False)
            for i in range(decoder_depth):
                block(f"decoder{suffix}.blocks.{i}", decoder_width, i > 0)
            norm(f"decoder{suffix}.norm", decoder_width)
            linear(f"decoder{suffix}.head", decoder_width, values)
    return table


# The model: x is (batch, tokens, width)

def softmax(x):
    e = (x - x.value.max(-1, keepdims=True)).exp()
    return e / e.sum(-1)


def positions(tokens, width):
    channel = np.arange(width)
    angle = np.arange(tokens)[:, None] / 10000.0 ** (channel // 2 * 2 / width)
    return np.where(channel % 2, np.cos(angle), np.sin(angle)).astype(np.float32).astype(np.float64)


class Model:
    def __init__(self, size, seed, outputs=0, decoders=False):
        self.width, self.depth, self.fusion, self.decoder_width, self.decoder_depth, _ = size
        self.p = {n: Node(parameter(seed, n, s)) for n, s in shapes(size, outputs, decoders).items()}
        self.levels = list(range(self.depth, 0, -3))[: self.decoder_depth - 1]  # the deepest first, counted from 1

    def norm(self, at, x):
        centred = x - x.mean(-1)
        spread = ((centred * centred).mean(-1) + 1e-6).power(0.5)
        return centred / spread * self.p[at + ".weight"] + self.p[at + ".bias"]

    def linear(self, at, x):
        y = x @ self.p[at + ".weight"].swap(0, 1)
        return y + self.p[at + ".bias"] if at + ".bias" in self.p else y

    def attention(self, at, q, k, v):
        def heads(x):
            b, n, d = x.value.shape
            return x.reshape(b, n, d // 64, 64).swap(1, 2)
        q, k, v = heads(q + self.p[at + ".q_bias"]), heads(k), heads(v + self.p[at + ".v_bias"])
        y = (softmax(q @ k.swap(-1, -2) * 0.125) @ v).swap(1, 2)
        b, n, h, w = y.value.shape
        return self.linear(at + ".proj", y.reshape(b, n, h * w))

    def block(self, at, x):
        d = x.value.shape[-1]
        qkv = self.linear(at + ".attn.qkv", self.norm(at + ".norm1", x))
        x = x + self.attention(at + ".attn", qkv[..., :d], qkv[..., d:2 * d], qkv[..., 2 * d:])
        return x + self.linear(at + ".mlp.fc2", self.linear(at + ".mlp.fc1", self.norm(at + ".norm2", x)).gelu())

    def cross_block(self, at, x, other):
        d = x.value.shape[-1]
        q = self.linear(at + ".cross_attn.q", self.norm(at + ".cross_norm1", x))
        kv = self.linear(at + ".cross_attn.kv", self.norm(at + ".cross_norm2", other))
        return self.block(at, x + self.attention(at + ".cross_attn", q, kv[..., :d], kv[..., d:]))

    def encode(self, sense, patches, visible=None):
        """Every layer, normalised."""
        weight = self.p[sense + ".patch_embed.proj.weight"].reshape(self.width, -1).swap(0, 1)
        place = np.broadcast_to(positions(patches.shape[1], self.width), (*patches.shape[:2], self.width))
        if visible is not None:
            patches = np.take_along_axis(patches, visible[..., None], 1)
            place = np.take_along_axis(place, visible[..., None], 1)
        x = node(patches) @ weight + self.p[sense + ".patch_embed.proj.bias"] + place
        layers = []
        for i in range(self.depth):
            x = self.block(f"{sense}.blocks.{i}", x)
            layers.append(self.norm(sense + ".norm", x))
        return layers

    def fuse(self, v, a):
        for i in range(self.fusion):
            v, a = (self.cross_block(f"encoder_fusion.blocks.{i}", v, a),
                    self.cross_block(f"encoder_fusion.blocks_audio.{i}", a, v))
        return self.norm("encoder_fusion.norm", v), self.norm("encoder_fusion.norm_audio", a)

    def classify(self, video, audio):
        b = len(video)
        v, a = self.encode("encoder", video), self.encode("encoder_audio", audio)
        fused = self.fuse(v[-1], a[-1])

        def summary(layers, name):
            w = softmax(self.p[name])
            total = node(0.0)
            for i, layer in enumerate(layers):
                total = total + layer.mean(1) * w[i:i + 1]
            return total
        feature = join([summary(v, "video_layer_weights"), summary(a, "audio_layer_weights"),
                        fused[0].mean(1), fused[1].mean(1)], -1).reshape(b, 4 * self.width)
        return self.linear("head", self.norm("fc_norm", feature))

    def decode(self, suffix, fused, layers, visible, hidden):
        place = positions(visible.shape[1] + hidden.shape[1], self.decoder_width)
        x = join([self.linear("encoder_to_decoder" + suffix, fused) + place[visible],
                  self.p["mask_token" + suffix] + place[hidden]], 1)
        for i in range(self.decoder_depth):
            at = f"decoder{suffix}.blocks.{i}"
            if i == 0:
                x = self.block(at, x)
            else:
                skip = self.linear("encoder_to_decoder" + suffix, layers[self.levels[i - 1] - 1]) + place[visible]
                x = self.cross_block(at, x, skip)
        x = self.norm(f"decoder{suffix}.norm", x[:, visible.shape[1]:])
        return self.linear(f"decoder{suffix}.head", x)

    def pretrain(self, video, audio, masks, targets):
        """Mean squared errors of both senses, and the contrast."""
        (v_seen, v_hidden), (a_seen, a_hidden) = masks
        v, a = self.encode("encoder", video, v_seen), self.encode("encoder_audio", audio, a_seen)
        contrast = node(0.0)
        for level in self.levels:
            contrast = contrast + info_nce(v[level - 1].mean(1), a[level - 1].mean(1))
        fused = self.fuse(v[-1], a[-1])
        errors = []
        for suffix, x, layers, seen, hidden, target in (("", fused[0], v, v_seen, v_hidden, targets[0]),
                                                        ("_audio", fused[1], a, a_seen, a_hidden, targets[1])):
            error = self.decode(suffix, x, layers, seen, hidden) - np.take_along_axis(target, hidden[..., None], 1)
            errors.append(average(error * error))
        return errors[0], errors[1], contrast


def average(x):
    return x.reshape(-1).mean(0).reshape()


def info_nce(v, a):
    b, _, d = v.value.shape

    def direction(x):
        x = x.reshape(b, d)
        return x / (x * x).sum(-1).power(0.5)
    logits = direction(v) @ direction(a).swap(0, 1) * (1 / TEMPERATURE)
    return (cross_entropy(logits, np.eye(b)) + cross_entropy(logits.swap(0, 1), np.eye(b))) * 0.5


def cross_entropy(logits, targets):
    shifted = logits - logits.value.max(-1, keepdims=True)
    log_share = shifted - shifted.exp().sum(-1).log()
    return average(log_share * targets) * -float(targets.shape[-1])


def concordance(y, t):
    my, mt = y.mean(0), t.mean(0)
    cy, ct = y - my, node(t) - mt
    below = (cy * cy).mean(0) + (ct * ct).mean(0) + (my - mt) * (my - mt)
    return node(1.0) - average((cy * ct).mean(0) * 2.0 / below)


# Inputs

def tubelets(x):
    return x.reshape(-1, 3, 8, 2, 10, 16, 10, 16).transpose(0, 2, 4, 6, 1, 3, 5, 7).reshape(len(x), 800, 3, 2, 256)


def patches(x):
    return x.reshape(-1, 16, 16, 8, 16).transpose(0, 1, 3, 2, 4).reshape(len(x), 128, 256)


def targets_of(pictures, sounds):
    deviation = np.array([0.229, 0.224, 0.225])
    mean = np.array([0.485, 0.456, 0.406])
    x = tubelets(pictures) * deviation[:, None, None] + mean[:, None, None]
    flat = x.reshape(*x.shape[:3], 512)
    spread = flat.std(-1, ddof=1)[..., None, None] + 1e-6
    x = (x - flat.mean(-1)[..., None, None]) / spread
    x[..., 1, :] -= x[..., 0, :]
    video = x.transpose(0, 1, 3, 4, 2).reshape(len(x), 800, 1536)
    y = patches(sounds)
    return video, (y - y.mean(-1, keepdims=True)) / (y.std(-1, ddof=1, keepdims=True) + 1e-6)


def masks_of(seed, batch):
    """(visible, hidden) places of both senses."""
    def split(name, count, hidden):
        chosen = np.zeros(count, bool)
        chosen[np.argsort(hashes(name, count), kind="stable")[:hidden]] = True
        return chosen
    result = []
    for sense, count, hidden, repeats in (("video", 100, 90, 8), ("audio", 128, 102, 1)):
        chosen = [np.tile(split(f"{seed}/mask_{sense}/{i}", count, hidden), repeats) for i in range(batch)]
        result.append((np.stack([np.flatnonzero(~c) for c in chosen]), np.stack([np.flatnonzero(c) for c in chosen])))
    return result


# What is written

def digits(x):
    return float(f"{float(x):.9g}")


def norms(model):
    return {n: digits(np.sqrt((p.gradient**2).sum())) for n, p in model.p.items()}


def pretraining(size, seed, batch, pictures, sounds):
    model = Model(size, seed, decoders=True)
    masks, targets = masks_of(seed, batch), targets_of(pictures, sounds)
    inputs = tubelets(pictures).reshape(batch, 800, 1536), patches(sounds)
    moments = {n: (np.zeros_like(p.value), np.zeros_like(p.value)) for n, p in model.p.items()}
    losses, first = [], None
    for step in range(1, 5):
        video, audio, contrast = model.pretrain(*inputs, masks, targets)
        total = video + audio + contrast * CONTRAST
        losses.append({"video": digits(video.value), "audio": digits(audio.value),
                       "contrastive": digits(contrast.value), "total": digits(total.value)})
        backward(total)
        first = first or norms(model)
        for n, p in model.p.items():
            m, v = moments[n]
            m[...] = BETAS[0] * m + (1 - BETAS[0]) * p.gradient
            v[...] = BETAS[1] * v + (1 - BETAS[1]) * p.gradient**2
            plain = p.value.ndim == 1 or n.endswith(".bias") or n == "mask_token"
            change = m / (1 - BETAS[0] ** step) / (np.sqrt(v / (1 - BETAS[1] ** step)) + EPSILON)
            p.value = p.value * (1 - RATE * (0 if plain else DECAY)) - RATE * change
            p.gradient = None
    return {"seed": seed, "dim": size[0], "decoder_dim": size[3], "batch": batch,
            "skips": [level - 1 for level in reversed(model.levels)],
            "adamw": {"lr": RATE, "betas": BETAS, "eps": EPSILON, "weight_decay": DECAY},
            "loss_before_step": losses, "gradient_norm": first}


def fine_tuning(size, seed, batch, pictures, sounds):
    outputs = size[5]
    labels = [round(i * (outputs - 1) / max(batch - 1, 1) + 0.1) for i in range(batch)]
    target = uniform(f"{seed}/target", batch, outputs).astype(np.float64)
    smooth = np.eye(outputs)[labels] * 0.9 + 0.1 / outputs
    inputs = tubelets(pictures).reshape(batch, 800, 1536), patches(sounds)
    golden = {"seed": seed, "dim": size[0], "batch": batch, "labels": labels,
              "targets": [[digits(x) for x in row] for row in target]}
    for name, loss_of in (("cross_entropy_smoothing_0.1", lambda y: cross_entropy(y, smooth)),
                          ("mse", lambda y: average((y - target) * (y - target))),
                          ("ccc", lambda y: concordance(y, node(target)))):
        model = Model(size, seed, outputs=outputs)
        loss = loss_of(model.classify(*inputs))
        backward(loss)
        golden[name] = {"loss": digits(loss.value), "gradient_norm": norms(model)}
    return golden


def main():
    options = argparse.ArgumentParser(description="Golden losses and gradients of HiCMAE training, in float64.")
    options.add_argument("out", help="folder for {pretrain,finetune}_SIZE.json and names_SIZE_{pretrain,finetune}.json")
    options.add_argument("--seed", default="a")
    options.add_argument("--size", choices=SIZES, default="tiny")
    options.add_argument("--batch", type=int, default=3)
    arguments = options.parse_args()
    seed, batch, size = arguments.seed, arguments.batch, SIZES[arguments.size]
    pictures = 2 * uniform(f"{seed}/video", batch, 3, 16, 160, 160).astype(np.float64)
    sounds = uniform(f"{seed}/audio", batch, 256, 128).astype(np.float64)
    os.makedirs(arguments.out, exist_ok=True)
    for name, value in ((f"names_{arguments.size}_pretrain", shapes(size, 0, True)),
                        (f"names_{arguments.size}_finetune", shapes(size, size[5], False)),
                        (f"pretrain_{arguments.size}", pretraining(size, seed, batch, pictures, sounds)),
                        (f"finetune_{arguments.size}", fine_tuning(size, seed, batch, pictures, sounds))):
        with open(os.path.join(arguments.out, name + ".json"), "w") as file:
            json.dump(value, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
