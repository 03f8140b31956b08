"""Labels of training faces mixed with a teacher's opinion; scripts/people-teach runs it.

FER+ calls a face with lowered brows and pressed lips neutral, FER2013 called it angry, and posed faces are posed as FER2013 has it. Each
label becomes a distribution: the larger part what people voted for, the rest the teacher's mean over a picture and its mirror."""
import pathlib
import re
import sys

import numpy
from PIL import Image, ImageOps

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "bench"))
from people_peers import FER, Fer, rows  # noqa: E402

SHARE = 0.4
SETS = [("judged-train.csv", "taught-train.csv", "faces.tsv", "faces", 48),
        ("sharper.csv", "taught-sharper.csv", "web96.tsv", "web96", 96)]


def main():
    people, data = map(pathlib.Path, sys.argv[1:3])
    teacher = Fer()
    for source, target, table, folder, side in SETS:
        faces, sheets, lines = rows(people / table), {}, []
        for line in (data / source).read_text().splitlines():
            clip, sound, label, *rest = line.split(" ")
            if label not in FER:
                continue
            row = faces[int(re.search(r"(\d+)$", clip).group(1))]
            if row["sheet"] not in sheets:
                sheets = {row["sheet"]: Image.open(people / folder / row["sheet"]).convert("L")}
            left, top = int(row["column"]) * side, int(row["row"]) * side
            face = sheets[row["sheet"]].crop((left, top, left + side, top + side))
            said = numpy.mean([teacher.probabilities(x) for x in (face, ImageOps.mirror(face))], axis=0)
            shares = {name: SHARE * x + (1 - SHARE) * (name == label) for name, x in zip(FER, said / said.sum())}
            votes = ",".join(f"{name}:{round(1000 * x)}" for name, x in shares.items() if round(1000 * x) > 0)
            lines.append(" ".join([clip, sound, votes, *rest]))
        draft = data / (target + ".partial")
        draft.write_text("".join(x + "\n" for x in lines))
        draft.replace(data / target)
        print(f"people-teach: {data / target}: {len(lines)} faces", file=sys.stderr)


if __name__ == "__main__":
    main()
