#!/usr/bin/env python3
"""Windows of HiCMAE in the runtimes that a user would pick: what `mien bench` is compared with by bench/peers.

    peer.py prepare --size base --folder DIR         one set of weights, one window, and the files that the runtimes load
    peer.py run --runtime openvino --precision bf16 --size base --folder DIR --threads 1 --runs 5     one JSON object

The model is train_peer.py's, which is checked against the project's golden values. Weights are random, of a sensible scale
(their values do not matter for speed), the same for all, and kept under their published names: `mien model import` reads
them too. `prepare` works out the window's logits in float64, which all are checked against.
"""
import argparse
import json
import os
import statistics
import sys
import time

START = time.monotonic()
SEED_OF_WINDOW = 1
CALIBRATION = 16  # windows that NNCF looks at
RUNTIMES = ("torch-plain", "torch-sdpa", "torch-compile", "openvino", "onnxruntime")


def file(folder, name):
    return os.path.join(folder, name)


def window(seed):
    """Picture and sound of one window: noise with the extent of normalised pictures and spectrograms."""
    import numpy as np
    random = np.random.default_rng(seed)
    return (random.uniform(-2, 2, (1, 3, 16, 160, 160)).astype(np.float32),
            random.uniform(-1, 1, (1, 256, 128)).astype(np.float32))


# PyTorch

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


def torch_runner(o):
    import torch
    torch.set_num_threads(o.threads)
    torch.set_num_interop_threads(1)
    kind = o.kind or o.precision
    net = network(o.size, weights(o.folder), o.runtime != "torch-plain", kind)
    if o.runtime == "torch-compile":
        net = torch.compile(net)

    def run(inputs):
        with torch.inference_mode():
            return net(*inputs).float().numpy()
    return run, [torch.from_numpy(x) for x in window(SEED_OF_WINDOW)], f"torch {torch.__version__}"


# OpenVINO

def openvino_runner(o):
    import openvino
    core = openvino.Core()
    model = file(o.folder, {"int8": "int8.xml"}.get(o.precision, f"{o.kind or 'plain'}.onnx"))
    compiled = core.compile_model(model, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": o.threads,
        "INFERENCE_PRECISION_HINT": "f32" if o.precision == "f32" else "bf16"})
    request = compiled.create_infer_request()

    def run(inputs):
        return request.infer(inputs, share_inputs=True)[0]
    return run, list(window(SEED_OF_WINDOW)), f"openvino {openvino.__version__}"


# ONNX Runtime

def onnxruntime_runner(o):
    import onnxruntime
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = o.threads, 1
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(
        file(o.folder, f"{o.kind or 'plain'}.onnx"), settings, providers=["CPUExecutionProvider"])

    def run(inputs):
        return session.run(None, dict(zip(("pictures", "sounds"), inputs)))[0]
    return run, list(window(SEED_OF_WINDOW)), f"onnxruntime {onnxruntime.__version__}"


def measure(o):
    runner = {"openvino": openvino_runner, "onnxruntime": onnxruntime_runner}.get(o.runtime, torch_runner)
    run, inputs, version = runner(o)
    ready = time.monotonic() - START
    logits = run(inputs)  # the first window: it sizes the memory, and what is compiled late is compiled now
    seconds = []
    for _ in range(o.runs):
        start = time.perf_counter()
        run(inputs)
        seconds.append(time.perf_counter() - start)
    import resource
    print(json.dumps({
        "runtime": o.runtime, "version": version, "size": o.size, "precision": o.precision, "kind": o.kind,
        "threads": o.threads, "ms": [round(s * 1e3, 3) for s in seconds],
        "median_ms": round(statistics.median(seconds) * 1e3, 2), "ready_s": round(ready, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "logits": [float(x) for x in logits[0]]}))


# Files

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
    print(f"peer.py: {file(folder, name)}: {time.monotonic() - start:.0f} s", file=sys.stderr)


def prepare(o):
    import numpy as np
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
                    net, tuple(torch.from_numpy(x) for x in window(SEED_OF_WINDOW)), path, opset_version=o.opset,
                    input_names=["pictures", "sounds"], output_names=["logits"], dynamo=o.dynamo)
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
    options = argparse.ArgumentParser(description="Windows of HiCMAE in other runtimes, timed.")
    options.add_argument("command", choices=("prepare", "run"))
    options.add_argument("--folder", required=True, help="where the weights and what is made of them are kept")
    options.add_argument("--size", choices=("tiny", "small", "base"), default="base")
    options.add_argument("--runtime", choices=RUNTIMES)
    options.add_argument("--precision", choices=("f32", "bf16", "int8"), default="f32")
    options.add_argument("--kind", help="which of a runtime's ways: bf16 or autocast; plain or sdpa")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--opset", type=int, default=20)
    options.add_argument("--dynamo", action="store_true")
    o = options.parse_args()
    prepare(o) if o.command == "prepare" else measure(o)


if __name__ == "__main__":
    main()
