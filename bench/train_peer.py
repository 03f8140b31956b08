#!/usr/bin/env python3
"""Steps of HiCMAE training in PyTorch (eager, on the processor; float32, or bf16 by autocast): what `mien bench --train` is compared with.

    train_peer.py --train pretrain --size small --batch 8 --attention sdpa     one JSON object, with mien's keys
    train_peer.py --check                                                      the golden losses and gradient norms

Names, shapes, masks and targets are those of Tests/Golden/make_training.py, whose golden values the Swift tests and
`--check` compare with: so both compute the same. Everything that PyTorch does well is used: one product for queries, keys
and values, only visible tokens are embedded, only layers that are read are normalised, and AdamW is the fused one.
"""
import argparse
import json
import math
import os
import resource
import statistics
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Tests")
sys.path.insert(0, os.path.join(GOLDEN, "Golden"))
from make_training import CONTRAST, DECAY, SIZES, TEMPERATURE, masks_of, parameter, positions, shapes, uniform  # noqa: E402

SIZES = SIZES | {"small": (384, 10, 2, 192, 4, 6), "base": (512, 10, 2, 384, 4, 6)}


class Peer:
    """The model as functions over a dictionary of its published names. x is (batch, tokens, width)."""

    def __init__(self, size, values, sdpa):
        self.width, self.depth, self.fusion, self.decoder_width, self.decoder_depth, _ = size
        self.p, self.sdpa = values, sdpa
        self.levels = list(range(self.depth, 0, -3))[: self.decoder_depth - 1]  # the deepest first, counted from 1
        self.places = {(n, d): torch.from_numpy(positions(n, d)).float()
                       for n in (800, 128) for d in (self.width, self.decoder_width)}

    def norm(self, at, x):
        return F.layer_norm(x, x.shape[-1:], self.p[at + ".weight"], self.p[at + ".bias"], 1e-6)

    def linear(self, at, x):
        return F.linear(x, self.p[at + ".weight"], self.p.get(at + ".bias"))

    def attention(self, at, q, k, v):
        b, n, d = q.shape
        q, k, v = (x.unflatten(-1, (d // 64, 64)).transpose(1, 2) for x in (q, k, v))
        if self.sdpa:
            y = F.scaled_dot_product_attention(q, k, v)
        else:
            y = ((q * 0.125) @ k.transpose(-1, -2)).softmax(-1) @ v
        return self.linear(at + ".proj", y.transpose(1, 2).reshape(b, n, d))

    def bias(self, at, count):
        q, v = self.p[at + ".q_bias"], self.p[at + ".v_bias"]
        return torch.cat([q, torch.zeros_like(q), v][3 - count:])

    def block(self, at, x):
        own = at + ".attn"
        qkv = F.linear(self.norm(at + ".norm1", x), self.p[own + ".qkv.weight"], self.bias(own, 3))
        x = x + self.attention(own, *qkv.chunk(3, -1))
        return x + self.linear(at + ".mlp.fc2", F.gelu(self.linear(at + ".mlp.fc1", self.norm(at + ".norm2", x))))

    def cross_block(self, at, x, other):
        own = at + ".cross_attn"
        q = F.linear(self.norm(at + ".cross_norm1", x), self.p[own + ".q.weight"], self.p[own + ".q_bias"])
        kv = F.linear(self.norm(at + ".cross_norm2", other), self.p[own + ".kv.weight"], self.bias(own, 2))
        return self.block(at, x + self.attention(own, q, *kv.chunk(2, -1)))

    def encode(self, sense, patches, wanted, visible=None):
        """The wanted layers, counted from 1, normalised."""
        place = self.places[patches.shape[1], self.width]
        if visible is not None:
            patches, place = take(patches, visible), place[visible]
        at = sense + ".patch_embed.proj"
        x = F.linear(patches, self.p[at + ".weight"].flatten(1), self.p[at + ".bias"]) + place
        layers = {}
        for i in range(self.depth):
            x = self.block(f"{sense}.blocks.{i}", x)
            if i + 1 in wanted:
                layers[i + 1] = self.norm(sense + ".norm", x)
        return layers

    def fuse(self, v, a):
        for i in range(self.fusion):
            v, a = (self.cross_block(f"encoder_fusion.blocks.{i}", v, a),
                    self.cross_block(f"encoder_fusion.blocks_audio.{i}", a, v))
        return self.norm("encoder_fusion.norm", v), self.norm("encoder_fusion.norm_audio", a)

    def classify(self, pictures, sounds):
        every = range(1, self.depth + 1)
        v, a = self.encode("encoder", tubelets(pictures), every), self.encode("encoder_audio", patches(sounds), every)
        fused = self.fuse(v[self.depth], a[self.depth])

        def summary(layers, name):
            return (torch.stack([layers[i].mean(1) for i in every], -1) * self.p[name].softmax(0)).sum(-1)
        feature = torch.cat([summary(v, "video_layer_weights"), summary(a, "audio_layer_weights"),
                             fused[0].mean(1), fused[1].mean(1)], -1)
        return self.linear("head", self.norm("fc_norm", feature))

    def decode(self, suffix, fused, layers, visible, hidden):
        place = self.places[visible.shape[1] + hidden.shape[1], self.decoder_width]
        seen = place[visible]
        x = torch.cat([self.linear("encoder_to_decoder" + suffix, fused) + seen,
                       self.p["mask_token" + suffix] + place[hidden]], 1)
        for i in range(self.decoder_depth):
            at = f"decoder{suffix}.blocks.{i}"
            if i == 0:
                x = self.block(at, x)
            else:
                x = self.cross_block(at, x, self.linear("encoder_to_decoder" + suffix, layers[self.levels[i - 1]]) + seen)
        return self.linear(f"decoder{suffix}.head", self.norm(f"decoder{suffix}.norm", x[:, visible.shape[1]:]))

    def pretrain(self, pictures, sounds, masks):
        """Losses of both senses and of the contrast."""
        (v_seen, v_hidden), (a_seen, a_hidden) = masks
        video, audio = tubelets(pictures), patches(sounds)
        v, a = self.encode("encoder", video, self.levels, v_seen), self.encode("encoder_audio", audio, self.levels, a_seen)
        contrast = sum(info_nce(v[level].mean(1), a[level].mean(1)) for level in self.levels)
        fused = self.fuse(v[self.depth], a[self.depth])
        seen = self.decode("", fused[0], v, v_seen, v_hidden)
        heard = self.decode("_audio", fused[1], a, a_seen, a_hidden)
        with torch.no_grad():
            targets = video_targets(take(video, v_hidden)), audio_targets(take(audio, a_hidden))
        return F.mse_loss(seen, targets[0]), F.mse_loss(heard, targets[1]), contrast


def take(x, rows):
    return x.gather(1, rows[..., None].expand(-1, -1, x.shape[-1]))


def info_nce(v, a):
    logits = F.normalize(v, dim=-1) @ F.normalize(a, dim=-1).T / TEMPERATURE
    right = torch.arange(len(v))
    return (F.cross_entropy(logits, right) + F.cross_entropy(logits.T, right)) / 2


def tubelets(x):
    return x.reshape(-1, 3, 8, 2, 10, 16, 10, 16).permute(0, 2, 4, 6, 1, 3, 5, 7).reshape(len(x), 800, 1536)


def patches(x):
    return x.reshape(-1, 16, 16, 8, 16).permute(0, 1, 3, 2, 4).reshape(len(x), 128, 256)


def video_targets(x):
    # In units of [0, 1]; the pictures' means cancel.
    x = x.unflatten(-1, (3, 512)) * torch.tensor([0.229, 0.224, 0.225])[:, None]
    x = ((x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-6)).unflatten(-1, (2, 256))
    x = torch.stack([x[..., 0, :], x[..., 1, :] - x[..., 0, :]], -2)
    return x.permute(0, 1, 3, 4, 2).flatten(2)


def audio_targets(x):
    return (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-6)


def fresh(size, pretraining):
    """Weights of a sensible scale: their values do not matter for speed."""
    torch.manual_seed(0)
    table = shapes(size, 0 if pretraining else size[5], pretraining)
    return {n: (torch.ones(s) if "norm" in n and n.endswith(".weight") else
                torch.randn(s) * (1 / math.sqrt(math.prod(s[1:])) if len(s) > 1 else 0.02)).requires_grad_()
            for n, s in table.items()}


def optimiser(values, pretraining, rate):
    def plain(n, p):
        return p.ndim == 1 or n.endswith(".bias") or n == "mask_token"
    groups = [{"params": [p for n, p in values.items() if plain(n, p)], "weight_decay": 0.0},
              {"params": [p for n, p in values.items() if not plain(n, p)], "weight_decay": DECAY}]
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.95 if pretraining else 0.999), eps=1e-8, fused=True)


def choices(masks):
    return [[torch.from_numpy(x) for x in sense] for sense in masks]


def measure(o):
    torch.set_num_threads(o.threads)
    torch.set_num_interop_threads(1)
    size, pretraining = SIZES[o.size], o.train == "pretrain"
    values = fresh(size, pretraining)
    model, adamw = Peer(size, values, o.attention == "sdpa"), optimiser(values, pretraining, 1e-5)
    pictures, sounds = torch.rand(o.batch, 3, 16, 160, 160) * 2 - 1, torch.rand(o.batch, 256, 128) * 2 - 1
    labels = torch.arange(o.batch) % size[5]
    masks = [choices(masks_of(str(step), o.batch)) for step in range(o.runs + 1)]
    seconds = []
    for step in range(o.runs + 1):
        start = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=o.precision == "bf16"):
            if pretraining:
                video, audio, contrast = model.pretrain(pictures, sounds, masks[step])
                loss = video + audio + CONTRAST * contrast
            else:
                loss = F.cross_entropy(model.classify(pictures, sounds), labels, label_smoothing=0.1)
        loss.backward()
        adamw.step()
        adamw.zero_grad()
        assert math.isfinite(loss.item())
        seconds.append(time.perf_counter() - start)
    middle = statistics.median(seconds[1:])
    print(json.dumps({
        "train": o.train, "size": o.size, "precision": o.precision, "kernels": f"torch {torch.__version__} {o.attention}",
        "threads": o.threads, "batch": o.batch, "runs": o.runs, "parameters": sum(p.numel() for p in values.values()),
        "clips_per_s": round(o.batch / middle, 4), "median_ms": round(middle * 1e3, 2),
        "min_ms": round(min(seconds[1:]) * 1e3, 2), "import_mb": round(IMPORTED, 1), "peak_mb": round(peak(), 1)}))


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def check(sdpa):
    """Against the golden values that the Swift tests compare with: the first step's losses and gradient norms."""
    worst = 0.0

    def compare(found, expected):
        nonlocal worst
        worst = max(worst, abs(found - expected) / max(abs(expected), 1e-9))
    for name in ("odd", "tiny"):
        size = SIZES[name]
        for task in ("pretrain", "finetune"):
            with open(os.path.join(GOLDEN, "TrainingTests", "Golden", f"{task}_{name}.json")) as file:
                golden = json.load(file)
            seed, batch, pretraining = golden["seed"], golden["batch"], task == "pretrain"
            table = shapes(size, 0 if pretraining else size[5], pretraining)
            values = {n: torch.from_numpy(np.ascontiguousarray(parameter(seed, n, s), np.float32)).requires_grad_()
                      for n, s in table.items()}
            pictures = torch.from_numpy(2 * uniform(f"{seed}/video", batch, 3, 16, 160, 160))
            sounds = torch.from_numpy(uniform(f"{seed}/audio", batch, 256, 128))
            model = Peer(size, values, sdpa)
            if pretraining:
                video, audio, contrast = model.pretrain(pictures, sounds, choices(masks_of(seed, batch)))
                loss, expected = video + audio + CONTRAST * contrast, golden["loss_before_step"][0]["total"]
                norms = golden["gradient_norm"]
            else:
                logits = model.classify(pictures, sounds)
                loss = F.cross_entropy(logits, torch.tensor(golden["labels"]), label_smoothing=0.1)
                expected, norms = (golden["cross_entropy_smoothing_0.1"][key] for key in ("loss", "gradient_norm"))
            loss.backward()
            compare(loss.item(), expected)
            assert norms.keys() == values.keys(), "other parameters than the golden ones"
            for n, p in values.items():
                compare(p.grad.norm().item(), norms[n])
    print(f"{'sdpa' if sdpa else 'plain'}: losses and gradient norms within {worst:.1e} of the golden ones", file=sys.stderr)
    return worst < 1e-3


def main():
    options = argparse.ArgumentParser(description="Steps of HiCMAE training in PyTorch, timed.")
    options.add_argument("--train", choices=("pretrain", "finetune"), default="pretrain")
    options.add_argument("--size", choices=("tiny", "small", "base"), default="base")
    options.add_argument("--attention", choices=("plain", "sdpa"), default="plain")
    options.add_argument("--precision", choices=("f32", "bf16"), default="f32")
    options.add_argument("--batch", type=int, default=8)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--check", action="store_true", help="compare with the golden values instead")
    o = options.parse_args()
    if o.check:
        sys.exit(0 if all([check(False), check(True)]) else 1)
    measure(o)


IMPORTED = peak()
if __name__ == "__main__":
    main()
