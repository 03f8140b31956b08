"""What bench/peers wants of mien, and the table that says whether it is so."""

# A window's, two for every multiplication of a matrix product, as `mien bench` counts it.
GFLOP = {"tiny": 27.62, "base": 92.22}

# What a peer's median over mien's should be on one thread; on two, WANTED_OF_TWO for all.
WANTED = {"f32": {"OpenVINO": 1.05, "ONNX Runtime": 1.25, "PyTorch": 2.2}, "bf16": {"OpenVINO": 1.08, "PyTorch": 1.4},
          "int8": {"OpenVINO": 1.10}}
WANTED_OF_TINY = {("f32", "PyTorch"): 1.8}
WANTED_OF_TWO = 1.03
# Of the processor's limit, on one thread.
SHARE_WANTED = {("base", "f32"): 0.90, ("base", "bf16"): 0.82}
# Of base: seconds from the start of the process to its first window, and MB.
READY_WANTED, MEMORY_WANTED = {"f32": 0.5, "int8": 1.5}, {"f32": 700, "int8": 350}


def wanted(size, precision, threads, peer):
    if threads == 2:
        return WANTED_OF_TWO
    return WANTED_OF_TINY.get((precision, peer) if size == "tiny" else None, WANTED[precision][peer])


def show(results, peers):
    """Prints the table and returns how many of the wanted figures fall short, or are missing.

    peers: of a precision, who else runs it, as (runtime, its ways).
    """
    short = 0

    def row(*cells):
        print("".join(f"{cell:<{width}}" if width > 0 else f"{cell:>{-width}}"
                      for cell, width in zip(cells, (13, 26, 24, -9, -9, -8, -9, -6))))

    def check(found, met):
        nonlocal short
        short += not met
        return "-" if found is None else "yes" if met else "NO"

    row("case", "peer", "its fastest way", "ms", "mien, ms", "ratio", "wanted", "met")
    for result in results:
        size, precision, threads = result["case"].split(":")
        threads, contenders = int(threads), result["contenders"]
        mien = contenders.get("mien")
        for name, ways in peers[precision]:
            way = min((way for way in ways if way in contenders), key=lambda way: contenders[way]["median_ms"])
            peer, least = contenders[way], wanted(size, precision, threads, name)
            ratio = peer["median_ms"] / mien["median_ms"] if mien else None
            row(result["case"], peer["version"], way, f"{peer['median_ms']:.1f}", f"{mien['median_ms']:.1f}" if mien else "-",
                f"{ratio:.2f}" if mien else "-", f"{least:.2f}", check(ratio, bool(mien) and ratio >= least))
        for way in contenders.keys() - {"mien"} - {way for _, ways in peers[precision] for way in ways}:
            peer = contenders[way]
            row(result["case"], peer["version"], way, f"{peer['median_ms']:.1f}", f"{mien['median_ms']:.1f}" if mien else "-",
                f"{peer['median_ms'] / mien['median_ms']:.2f}" if mien else "-", "", "")
        limit = GFLOP[size] / result["onednn_gflops"] * 1e3
        share, least = limit / mien["median_ms"] if mien else None, SHARE_WANTED.get((size, precision)) if threads == 1 else None
        row(result["case"], "processor's limit", f"{result['onednn_gflops']:.0f} GFLOP/s, oneDNN", f"{limit:.1f}",
            f"{mien['median_ms']:.1f}" if mien else "-", f"{share:.2f}" if mien else "-", f"{least:.2f}" if least else "",
            check(share, bool(mien) and share >= least) if least else "")
        if mien and threads == 1 and size == "base" and precision in READY_WANTED:
            for what, found, most, digits in (("ready, s", mien["ready_s"], READY_WANTED[precision], 2),
                                              ("peak memory, MB", mien["peak_mb"], MEMORY_WANTED[precision], 0)):
                row(result["case"], what, "", "", "-" if found is None else f"{found:.{digits}f}", "", f"\u2264 {most}",
                    check(found, found is not None and found <= most))
    return short
