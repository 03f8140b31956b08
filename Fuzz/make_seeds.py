"""Writes the seeds: small files in the formats that the fuzzers start from. Plain Python, no torch.

    python3 make_seeds.py OUT
    python3 make_seeds.py --manifest     # of a session, on stdout

The pickles are written by Python's own pickler from stand-ins for torch's classes, so they have the opcodes and the memo
that torch.save gives them, at protocols 2 to 5.
"""

import collections
import io
import json
import pathlib
import pickle
import struct
import sys
import types
import zipfile


def stand_in(module, name, kind=type):
    """A class or function that pickles as module.name."""
    sys.modules.setdefault(module, types.ModuleType(module))
    made = type(name, (), {}) if kind is type else (lambda *_: None)
    made.__module__, made.__qualname__, made.__name__ = module, name, name
    setattr(sys.modules[module], name, made)
    return made


FloatStorage = stand_in("torch", "FloatStorage")
HalfStorage = stand_in("torch", "HalfStorage")
rebuild = stand_in("torch._utils", "_rebuild_tensor_v2", kind=None)
Namespace = stand_in("argparse", "Namespace")


class Storage:
    def __init__(self, kind, count):
        self.kind, self.count = kind, count


class Tensor:
    def __init__(self, storage, offset, shape, strides):
        self.arguments = (storage, offset, shape, strides, False, collections.OrderedDict())

    def __reduce_ex__(self, protocol):
        return rebuild, self.arguments


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, Storage):
            return ("storage", value.kind, "0", "cpu", value.count)
        return None


def checkpoint(protocol):
    state = collections.OrderedDict(
        {
            "module.a": Tensor(Storage(FloatStorage, 16), 0, (4, 4), (4, 1)),
            "module.b": Tensor(Storage(HalfStorage, 32), 3, (2, 5), (1, 2)),
        }
    )
    arguments = Namespace()
    arguments.lr, arguments.names, arguments.big = 1e-3, ["a", None, True], 1 << 70
    whole = {"model": state, "optimizer": {"state": {0: {"step": 1}}}, "epoch": "best", "args": arguments}
    out = io.BytesIO()
    Pickler(out, protocol).dump(whole)
    return out.getvalue()


def manifest():
    device = {"name": "camera", "path": None, "format": "mjpeg"}
    return {
        "schema": "mien.session/1.0", "session_id": "a", "software": {"name": "mien", "version": "0"},
        "closed_cleanly": False, "failure": None, "start": {"wall": "2026-01-01T00:00:00Z", "mono_ns": 5},
        "duration_s": None, "hop_s": 0.32, "face": "largest",
        "face_framing": {"size": 160, "box_side": 1.04, "box_left": -0.02, "box_top": 0.01,
                         "left_eye": [0.294, 0.26], "right_eye": [0.705, 0.26]},
        "model": {"id": "m", "sha256": None, "labels": ["a"], "task": "classification", "modalities": "av",
                  "trained": False, "calibration": None},
        "devices": {"camera": device, "microphone": None},
        "streams": [{"file": "session.mkv", "codec": "mjpeg", "width": 2, "height": 2, "first_frame": 0, "frames": 1}],
        "counters": {"frames": 1}, "sha256": {},
    }


def main():
    if sys.argv[1] == "--manifest":
        print("m" + json.dumps(manifest()), end="")
        return
    out = pathlib.Path(sys.argv[1])
    for folder in ("torch", "safetensors", "numpy"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for protocol in range(2, 6):
        (out / "torch" / f"protocol{protocol}.pkl").write_bytes(checkpoint(protocol))
    with zipfile.ZipFile(out / "torch" / "whole.pth", "w", zipfile.ZIP_STORED) as archive:
        for name, content in (("data.pkl", checkpoint(2)), ("byteorder", b"little"), ("data/0", bytes(range(64)))):
            archive.writestr(zipfile.ZipInfo("archive/" + name), content)
    header = {
        "__metadata__": {"format": "pt"},
        "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "b": {"dtype": "BF16", "shape": [], "data_offsets": [16, 18]},
        "c": {"dtype": "I64", "shape": [1], "data_offsets": [18, 26]},
    }
    text = json.dumps(header).encode()
    (out / "safetensors" / "whole.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + bytes(26))
    for version, kind, size in ((1, "<f4", 4), (2, "<f2", 2), (3, "<f4", 4)):
        text = ("{'descr': '%s', 'fortran_order': False, 'shape': (2, 3), }\n" % kind).encode()
        length = struct.pack("<H" if version == 1 else "<I", len(text))
        file = b"\x93NUMPY" + bytes((version, 0)) + length + text + bytes(6 * size)
        (out / "numpy" / f"version{version}.npy").write_bytes(file)
    one = json.dumps({"x": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}}).encode()
    (out / "numpy" / "one.safetensors").write_bytes(struct.pack("<Q", len(one)) + one + bytes(8))


main()
