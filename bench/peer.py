#!/usr/bin/env python3
"""Windows of HiCMAE in a runtime that a user would pick, timed: what bench/peers compares `mien bench` with.

    peer.py --runtime openvino --way sdpa --precision bf16 --size base --folder DIR     one JSON object, with mien's keys

DIR holds what peer_files.py made.
"""
import argparse
import json
import os
import resource
import statistics
import time

from peer_files import SEED_OF_WINDOW, file, network, weights, window

START = time.monotonic()
# A runtime, and its ways: attention spelt out or as one operation; how PyTorch computes bf16.
WAYS = {"openvino": ("plain", "sdpa", "int8"), "onnxruntime": ("plain", "sdpa"),
        "torch-plain": ("f32", "bf16", "autocast"), "torch-sdpa": ("f32", "bf16", "autocast"), "torch-compile": ("f32", "bf16")}


def torch_runner(o):
    import torch
    torch.set_num_threads(o.threads)
    torch.set_num_interop_threads(1)
    net = network(o.size, weights(o.folder), o.runtime != "torch-plain", o.way)
    if o.runtime == "torch-compile":
        net = torch.compile(net)

    def run(inputs):
        with torch.inference_mode():
            return net(*inputs).float().numpy()
    return run, [torch.from_numpy(x) for x in window(SEED_OF_WINDOW)], f"torch {torch.__version__.split('+')[0]}"


def openvino_runner(o):
    import openvino
    core = openvino.Core()
    model = file(o.folder, "int8.xml" if o.way == "int8" else f"{o.way}.onnx")
    compiled = core.compile_model(model, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": o.threads,
        "INFERENCE_PRECISION_HINT": "f32" if o.precision == "f32" else "bf16"})
    # What it computes in, where the processor lacks what was asked for.
    precision = compiled.get_property("INFERENCE_PRECISION_HINT").get_type_name()
    request = compiled.create_infer_request()

    def run(inputs):
        return request.infer(inputs, share_inputs=True)[0]
    return run, list(window(SEED_OF_WINDOW)), f"openvino {openvino.__version__.split('-')[0]}, {precision}"


def onnxruntime_runner(o):
    import onnxruntime
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads, settings.inter_op_num_threads = o.threads, 1
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(
        file(o.folder, f"{o.way}.onnx"), settings, providers=["CPUExecutionProvider"])

    def run(inputs):
        return session.run(None, dict(zip(("pictures", "sounds"), inputs)))[0]
    return run, list(window(SEED_OF_WINDOW)), f"onnxruntime {onnxruntime.__version__}"


def measure(o):
    runner = {"openvino": openvino_runner, "onnxruntime": onnxruntime_runner}.get(o.runtime, torch_runner)
    run, inputs, version = runner(o)
    ready = time.monotonic() - START
    logits = run(inputs)  # the first window: it sizes the memory, and what is compiled late is compiled now
    seconds, processor = [], []
    for _ in range(o.runs):
        start, spent = time.perf_counter(), time.process_time()
        run(inputs)
        seconds.append(time.perf_counter() - start)
        processor.append(time.process_time() - spent)
    print(json.dumps({
        "runtime": o.runtime, "version": version, "size": o.size, "precision": o.precision, "way": o.way,
        "threads": o.threads, "ms": [round(s * 1e3, 3) for s in seconds],
        "processor_ms": [round(s * 1e3, 3) for s in processor],
        "median_ms": round(statistics.median(seconds) * 1e3, 2), "ready_s": round(ready, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "logits": [float(x) for x in logits[0]]}))


def main():
    options = argparse.ArgumentParser(description="Windows of HiCMAE in another runtime, timed.")
    options.add_argument("--folder", required=True)
    options.add_argument("--size", choices=("tiny", "small", "base"), default="base")
    options.add_argument("--runtime", choices=WAYS, required=True)
    options.add_argument("--way", required=True)
    options.add_argument("--precision", choices=("f32", "bf16", "int8"), default="f32")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--runs", type=int, default=5)
    o = options.parse_args()
    if o.way not in WAYS[o.runtime]:
        options.error(f"{o.runtime} runs {' or '.join(WAYS[o.runtime])}")
    measure(o)


if __name__ == "__main__":
    main()
