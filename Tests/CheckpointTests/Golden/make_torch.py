"""Writes the small genuine PyTorch files beside this script, and what they hold (expected.json).

    python3 make_torch.py OUT

Made with torch 1.13 and numpy of Debian 12 (apt-get install python3-torch). Any later torch will do; the bytes differ.
"""

import argparse
import collections
import json
import pathlib
import sys

import numpy
import torch

out = pathlib.Path(sys.argv[1])
torch.manual_seed(1)

net = torch.nn.Sequential(collections.OrderedDict(a=torch.nn.Linear(3, 2), n=torch.nn.BatchNorm1d(2)))
optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
net(torch.randn(4, 3)).sum().backward()
optimizer.step()

# Every storage type, and views: transposed, strided, with an offset, expanded.
base = torch.arange(24.0).reshape(4, 6)
state = net.state_dict()
state["transposed"] = base.t()
state["strided"] = base[1:3, ::2]
state["half"] = base.half()[1]
state["bfloat"] = base.bfloat16()
state["double"] = base.double()[:, 1]
state["parameter"] = torch.nn.Parameter(torch.tensor([1.5]))
state["expanded"] = torch.tensor(2.5).expand(3)

# What training scripts put beside the weights.
arguments = argparse.Namespace(
    lr=1e-3, names=["x"], big=1 << 80, mixed=(1, 2.5, None, True), device=torch.device("cpu"), dtype=torch.float32,
    scalar=numpy.float64(0.5), count=numpy.int64(3),
)
for protocol in (2, 4):
    whole = {"model": state, "optimizer": optimizer.state_dict(), "epoch": 3, "scaler": {}, "args": arguments}
    torch.save(whole, out / f"protocol{protocol}.pth", pickle_protocol=protocol)
torch.save({"module": {"module." + name: value for name, value in state.items()}}, out / "module.pth")
torch.save(state, out / "bare.pth")

# What must be refused: the format before 1.6, a pickled model, a program.
torch.save(state, out / "legacy.pth", _use_new_zipfile_serialization=False)
torch.save(net, out / "object.pth")
torch.jit.save(torch.jit.script(net), out / "script.pth")

expected = {
    name: {"shape": list(value.shape), "values": value.detach().double().flatten().tolist()}
    for name, value in state.items()
    if value.is_floating_point()
}
(out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
