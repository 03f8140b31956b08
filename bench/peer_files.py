#!/usr/bin/env python3
"""One set of weights, one window, and the files that other runtimes load, for bench/peers.

    peer_files.py --size base --folder DIR       what is there already is kept

The model is train_peer.py's, which is checked against the project's golden values. Weights are random, of a sensible scale
(their values do not matter for speed), and kept under their published names, so that `mien model import` reads them too. The
window's logits are worked out in float64: all are checked against them. int8 is NNCF's post-training quantisation.
"""
import argparse
import json
import os
import sys
import time

import numpy as np

SEED_OF_WINDOW = 1
CALIBRATION = 16  # windows that NNCF looks at


def file(folder, name):
    return os.path.join(folder, name)


def window(seed):
    """Picture and sound of one window: noise with the extent of normalised pictures and spectrograms."""
    random = np.random.default_rng(seed)
    return (random.uniform(-2, 2, (1, 3, 16, 160, 160)).astype(np.float32),
            random.uniform(-1, 1, (1, 256, 128)).astype(np.float32))


def network(size, values, sdpa, kind):
    """A module of the published names that computes in one of "f64", "f32", "bf16" and "autocast".

    bf16 keeps all in bfloat16. autocast has bfloat16 weights in its products and float32 between them; its weights are
    converted once, here, and not in every window as float32 weights would be.
    """
    import torch
    from train_peer import SIZES, Peer

    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.peer = Peer(SIZES[size], values, sdpa)
            self.type = {"f64": torch.float64, "bf16": torch.bfloat16}.get(kind, torch.float32)
            for name, value in values.items():
                product = value.ndim > 1
                values[name] = value.to(torch.bfloat16 if kind == "autocast" and product else self.type)
            self.peer.places = {key: table.to(self.type) for key, table in self.peer.places.items()}

        def forward(self, pictures, sounds):
            with torch.autocast("cpu", torch.bfloat16, enabled=kind == "autocast"):
                return self.peer.classify(pictures.to(self.type), sounds.to(self.type))
    return Network().eval()


def weights(folder):
    from safetensors.torch import load_file
    return load_file(file(folder, "weights.safetensors"))


def made(folder, name, make):
    """Makes a file under another name first, so that what was interrupted is not taken for whole."""
    if os.path.exists(file(folder, name)):
        return
    stem, extension = os.path.splitext(name)
    start = time.monotonic()
    make(file(folder, stem + ".partial" + extension))
    for partial in sorted(os.listdir(folder)):  # OpenVINO's models are two files; the .xml comes last
        if partial.startswith(stem + ".partial"):
            os.replace(file(folder, partial), file(folder, partial.replace(".partial", "", 1)))
    print(f"peer_files.py: {file(folder, name)}: {time.monotonic() - start:.0f} s", file=sys.stderr)


def prepare(o):
    import torch
    from safetensors.torch import save_file
    from train_peer import SIZES, fresh
    os.makedirs(o.folder, exist_ok=True)

    def save_weights(path):
        save_file({n: v.detach().contiguous() for n, v in fresh(SIZES[o.size], False).items()}, path)

    def save_window(path):
        pictures, sounds = (torch.from_numpy(x[0]) for x in window(SEED_OF_WINDOW))
        save_file({"video": pictures, "audio": sounds}, path)

    def save_logits(path):
        net = network(o.size, weights(o.folder), False, "f64")
        with torch.inference_mode():
            logits = net(*(torch.from_numpy(x) for x in window(SEED_OF_WINDOW)))
        with open(path, "w") as out:
            json.dump([float(x) for x in logits[0]], out)

    def export(sdpa):
        def save(path):
            net = network(o.size, weights(o.folder), sdpa, "f32")
            with torch.inference_mode():
                torch.onnx.export(
                    net, tuple(torch.from_numpy(x) for x in window(SEED_OF_WINDOW)), path, opset_version=20,
                    input_names=["pictures", "sounds"], output_names=["logits"], dynamo=True, external_data=False,
                    verbose=False)
        return save

    def quantise(path):
        import nncf
        import openvino
        model = openvino.Core().read_model(file(o.folder, "plain.onnx"))
        data = nncf.Dataset([list(window(1000 + i)) for i in range(CALIBRATION)])
        model = nncf.quantize(model, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=CALIBRATION)
        openvino.save_model(model, path, compress_to_fp16=False)

    made(o.folder, "weights.safetensors", save_weights)
    made(o.folder, "window.safetensors", save_window)
    made(o.folder, "logits.json", save_logits)
    made(o.folder, "plain.onnx", export(False))
    made(o.folder, "sdpa.onnx", export(True))
    made(o.folder, "int8.xml", quantise)


def main():
    options = argparse.ArgumentParser(description="What other runtimes need to run HiCMAE.")
    options.add_argument("--folder", required=True)
    options.add_argument("--size", choices=("tiny", "small", "base"), required=True)
    prepare(options.parse_args())


if __name__ == "__main__":
    main()
