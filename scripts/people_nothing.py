"""Pictures without a face and sounds without a voice, made from dice: what a model must say little about.

Kinds are dealt to splits, so that what is tested was not trained on."""
import struct
import subprocess
import wave
import zlib

import numpy

RATE, SECONDS = 16_000, 2.56
# Of ten people who were asked what they see, four would say neutral, as there is nothing to see.
VOTES = {"neutral": 4, "anger": 1, "disgust": 1, "fear": 1, "happiness": 1, "sadness": 1, "surprise": 1}
PICTURES = {"train": ("noise", "ramp", "stripes", "blobs", "shuffled"), "valid": ("strokes", "boxes")}
SOUNDS = {"train": ("noise", "hum", "chords", "clicks"), "valid": ("tune", "fan")}


def unit(picture):
    """0 to 1, and seldom from one end to the other."""
    low, high = numpy.percentile(picture, (1, 99))
    return numpy.clip((picture - low) / max(high - low, 1e-9), 0, 1)


def coloured(dice, shape, power):
    """Noise whose amplitude falls with its frequency to this power."""
    frequencies = numpy.meshgrid(*(numpy.fft.fftfreq(n) for n in shape), indexing="ij")
    distance = numpy.maximum(numpy.sqrt(sum(f**2 for f in frequencies)), 1 / max(shape))
    spectrum = numpy.fft.fftn(dice.standard_normal(shape)) * distance**-power
    return numpy.real(numpy.fft.ifftn(spectrum))


def picture(kind, dice, side, faces):
    y, x = numpy.mgrid[0:side, 0:side] / side
    angle = dice.uniform(0, numpy.pi)
    along = x * numpy.cos(angle) + y * numpy.sin(angle)
    if kind == "noise":
        made = coloured(dice, (side, side), dice.uniform(0, 2.5))
    elif kind == "ramp":
        made = along + dice.uniform(0, 1) * numpy.hypot(x - dice.uniform(), y - dice.uniform())
    elif kind == "stripes":
        made = numpy.sin(2 * numpy.pi * (dice.uniform(1, 10) * along + dice.uniform(0, 2) * y**2)) > dice.uniform(-0.5, 0.5)
    elif kind == "blobs":
        made = numpy.zeros((side, side))
        for _ in range(dice.integers(2, 15)):
            radius = dice.uniform(0.03, 0.35)
            made += dice.uniform(-1, 1) * (numpy.hypot((x - dice.uniform()) * dice.uniform(0.5, 2), y - dice.uniform()) < radius)
    elif kind == "shuffled":  # The parts of a face, nowhere where they belong.
        parts = dice.choice([3, 4, 6])
        size = side // parts
        face = faces[dice.integers(len(faces))]
        tiles = [face[i * size:(i + 1) * size, j * size:(j + 1) * size] for i in range(parts) for j in range(parts)]
        order = dice.permutation(len(tiles))
        made = numpy.block([[tiles[order[i * parts + j]] for j in range(parts)] for i in range(parts)])
        return made.astype("u1")
    elif kind == "strokes":
        made = numpy.ones((side, side))
        for row in numpy.arange(dice.uniform(0.02, 0.1), 1, dice.uniform(0.08, 0.2)):
            letters = numpy.repeat(dice.uniform(size=side) < 0.6, 2)[:side]
            made -= (numpy.abs(y - row) < 0.03) * letters[None] * dice.uniform(0.5, 1)
    else:  # boxes
        made = numpy.full((side, side), dice.uniform())
        for _ in range(dice.integers(2, 12)):
            (a, b), (c, d) = numpy.sort(dice.uniform(size=(2, 2)))
            made[(y >= a) & (y < b) & (x >= c) & (x < d)] = dice.uniform()
    made = unit(made + dice.uniform(0, 0.15) * dice.standard_normal((side, side)))
    low, high = numpy.sort(dice.uniform(size=2))
    return (255 * (low + (high - low) * made)).astype("u1")


def sound(kind, dice):
    count = int(RATE * SECONDS)
    time = numpy.arange(count) / RATE
    note = lambda midi: 440 * 2 ** ((midi - 69) / 12)
    if kind == "noise":
        made = coloured(dice, (count,), dice.uniform(0, 1.5)) * numpy.interp(time, numpy.linspace(0, SECONDS, 6), dice.uniform(0.2, 1, 6))
    elif kind == "fan":
        turns = dice.uniform(5, 30)
        made = coloured(dice, (count,), 0.7) * (1 + 0.5 * numpy.sin(2 * numpy.pi * turns * time))
        made /= made.std()
        made += sum(dice.uniform() * numpy.sin(2 * numpy.pi * turns * k * time) for k in range(4, 20))
    elif kind == "hum":
        made = sum(dice.uniform() / k * numpy.sin(2 * numpy.pi * dice.choice([50, 60]) * k * time) for k in range(1, 15))
        made = made + 0.1 * dice.uniform() * dice.standard_normal(count)
    elif kind == "clicks":
        made = 0.01 * dice.standard_normal(count)
        for start in dice.integers(0, count - 2000, dice.integers(2, 25)):
            made[start:start + 2000] += dice.uniform() * dice.standard_normal(2000) * numpy.exp(-numpy.arange(2000) / dice.uniform(20, 400))
    else:  # chords that change, or a tune of single notes
        made, at = numpy.zeros(count), 0.0
        scale = dice.integers(40, 60) + numpy.cumsum([0, 2, 2, 1, 2, 2, 2, 1, 2, 2, 1, 2])
        while at < SECONDS:
            long = dice.uniform(0.4, 1.3) if kind == "chords" else dice.uniform(0.1, 0.5)
            age = numpy.maximum(time - at, 0)
            shape = (time >= at) * numpy.minimum(age / 0.01, 1) * numpy.exp(-age / dice.uniform(0.1, 1))
            for pitch in dice.choice(scale, 3 if kind == "chords" else 1, replace=False):
                made += shape * sum(numpy.sin(2 * numpy.pi * k * note(pitch) * time) / k**1.3 for k in range(1, 9))
            at += long
    return made / max(numpy.abs(made).max(), 1e-9) * 10 ** (dice.uniform(-40, -3) / 20)


def write_png(path, picture):
    """Eight bits of grey."""
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    header = struct.pack(">IIBBBBB", picture.shape[1], picture.shape[0], 8, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def write_wav(path, samples):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((samples * 32_767).round().astype("<i2").tobytes())


def read_grey(path):
    """A sheet of faces, to take parts of."""
    size = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", path],
                          check=True, capture_output=True, text=True).stdout
    width, height = map(int, size.split(",")[:2])
    pixels = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-f", "rawvideo", "-pix_fmt", "gray", "-"],
                            check=True, capture_output=True).stdout
    return numpy.frombuffer(pixels, "u1").reshape(height, width)


def make(folder, sheet, cell, split, count, seed):
    """A sheet of pictures, its table, and sounds: into `folder`.

    sheet: a file of faces whose parts `shuffled` takes. Returns the table and the sounds."""
    dice = numpy.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    grey = read_grey(sheet)
    faces = [grey[r:r + cell, c:c + cell] for r in range(0, grey.shape[0], cell) for c in range(0, grey.shape[1], cell)]
    across = 32
    pictures = [picture(PICTURES[split][i % len(PICTURES[split])], dice, cell, faces) for i in range(count - count % across)]
    write_png(folder / f"{split}.png", numpy.block([pictures[i:i + across] for i in range(0, len(pictures), across)]))
    table = ["\t".join(["sheet", "row", "column", *VOTES])]
    for i in range(len(pictures)):
        table.append("\t".join(map(str, [f"{split}.png", i // across, i % across, *VOTES.values()])))
    (folder / f"{split}.tsv").write_text("".join(x + "\n" for x in table))
    sounds = []
    for i in range(count // 2):
        sounds.append(folder / f"{split}-{i:04}.wav")
        write_wav(sounds[-1], sound(SOUNDS[split][i % len(SOUNDS[split])], dice))
    return folder / f"{split}.tsv", sounds
