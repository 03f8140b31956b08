"""What make-default-model, actors-table and check-actors share: a recipe, and its steps that are made once and kept.

Data and runs lie in one folder outside the work tree. A step's folder is named by what decides it (a digest of its
settings and of what it begins with), so changed settings begin a new run, and equal ones are never trained twice. A
step that was interrupted goes on with the same command: mien's own runs do, bit for bit.
"""
import concurrent.futures
import hashlib
import itertools
import json
import os
import pathlib
import shlex
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECIPE = ROOT / "scripts/actors-recipe.json"
# What pre-training does without, by the cell's name; layer fusion is the head's business, so of fine-tuning.
ABLATIONS = {"": [], "without-skips": ["--no-skips"], "without-contrast": ["--no-contrast"]}

# Which clips a seed gives: the number in the first line of a set's actors.txt.
SET = 4

# What the best possible classifier gets right, in percent: mien data actors --ceiling.
CEILINGS = {"both": 98.9, "picture": 76.2, "sound": 73.3}


def cache(name):
    home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(home) / "mien" / name


def digest(*parts):
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:10]


def read_recipe(path, part=None):
    """The recipe; with `part`'s settings in place of those of the same name."""
    recipe = json.loads(pathlib.Path(path).read_text())
    for key, value in recipe.get(part, {}).items():
        recipe[key] = {**recipe[key], **value} if isinstance(value, dict) else value
    return recipe


def flags(settings):
    """--name value …; true stands for a flag without a value."""
    return list(itertools.chain(*([name] if value is True else [name, str(value)] for name, value in settings.items())))


class Stopped(Exception):
    pass


def each(tasks, jobs):
    """Runs tasks beside each other; the first one that fails stops those that have not begun."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(task) for task in tasks]
        try:
            for future in concurrent.futures.as_completed(futures):
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def write_section(page, begin, end, text):
    """Puts a text between the marks of a page."""
    before, rest = page.read_text().split(begin)
    Study.write(page, f"{before}{begin}\n{text}{end}{rest.split(end)[1]}")


class Study:
    def __init__(self, recipe, folder, mien, threads, plan=False):
        self.recipe, self.folder, self.plan = recipe, pathlib.Path(folder), plan
        self.mien, self.threads = pathlib.Path(mien).resolve(), threads
        self.lock, self.planned = threading.Lock(), set()
        if not plan:
            if not os.access(self.mien, os.X_OK):
                sys.exit(f"{self.mien} is not there; make build")
            self.folder.mkdir(parents=True, exist_ok=True)

    # Commands

    def say(self, text):
        with self.lock:
            print(text, file=sys.stderr, flush=True)

    def run(self, *command, ok=(0,)):
        """Runs mien in the study's folder, so that what it writes names nobody's home; the JSON that it prints."""
        command = [str(self.mien), *map(str, command)]
        self.say(f"+ mien {shlex.join(command[1:])}")
        if self.plan:
            return None
        done = subprocess.run(command, cwd=self.folder, stdout=subprocess.PIPE, text=True)
        if done.returncode not in ok:
            raise Stopped(f"{shlex.join(command)} ended with {done.returncode}")
        return json.loads(done.stdout) if done.stdout else None

    # Data

    @property
    def data(self):
        return self.recipe["data"]

    def actors(self, form, clips):
        """The set's folder, with at least so many clips."""
        name = f"actors-{SET}-{self.data['seed']}" + ("-movies" if form == "video" else "")
        table = self.folder / name / "clips.tsv"
        have = len(table.read_text().splitlines()) - 1 if table.exists() else 0
        if have < clips and (name, clips) not in self.planned:
            self.planned.add((name, clips))
            self.run("data", "actors", "-o", name, "--clips", clips, "--seed", self.data["seed"], "--form", form,
                     "--threads", self.threads, "-q")
        return name

    def list(self, split, form="frames", clips=None):
        """The list of a split of the first so many clips; a larger set has the same ones first."""
        clips = clips or self.data["clips"]
        name = self.actors(form, clips)
        path = f"{name}/{split}-{clips}.csv"
        if not self.plan and not (self.folder / path).exists():
            whole = (self.folder / name / f"{split}.csv").read_text().splitlines()
            lines = [x for x in whole if int(pathlib.PurePath(x.split()[0]).stem) < clips]
            self.write(self.folder / path, "".join(x + "\n" for x in lines))
        return path

    def count(self, path):
        return len((self.folder / path).read_text().splitlines())

    def people(self, split):
        """How many actors there are in a split."""
        name = self.actors("frames", self.data["clips"])
        rows = [line.split("\t") for line in (self.folder / name / "clips.tsv").read_text().splitlines()]
        actor, part = rows[0].index("actor"), rows[0].index("split")
        return len({row[actor] for row in rows[1:self.data["clips"] + 1] if row[part] == split})

    # Trainings

    def pretrained(self, seed, ablation=""):
        """A run; of both senses, whatever is fine-tuned from it."""
        settings = {**self.recipe["size"], **self.recipe["pretrain"]}
        name = f"pretrain-{ablation or 'full'}-{seed}-{digest(SET, self.data['seed'], self.data['clips'], settings)}"
        return self.trained("pretrain", name, [
            *flags(settings), *ABLATIONS[ablation], "--data", self.list("train"), "--seed", seed])

    def finetuned(self, cell, seed):
        """cell: SENSES-scratch, SENSES-pretrained or both-without-PART."""
        senses, start = cell.split("-", 1)
        settings, sizes = dict(self.recipe["finetune"]), self.recipe["size"]
        extra = {"sound": ["--modalities", "a"], "picture": ["--modalities", "v"], "both": []}[senses]
        if start == "scratch":
            before, begin = sizes, flags(sizes)
        else:
            before = self.pretrained(seed, ablation=start if start in ABLATIONS else "")
            begin = ["--from", before]
        if start == "without-layer-fusion":
            extra = ["--no-layer-fusion"]
        name = f"{cell}-{seed}-{digest(SET, self.data['seed'], self.data['clips'], settings, before)}"
        return self.trained("finetune", name, [
            *begin, *extra, *flags(settings), "--data", self.list("train"), "--labels",
            f"{self.actors('frames', self.data['clips'])}/labels.txt", "--seed", seed])

    def trained(self, what, name, arguments):
        """The run's folder, trained to its end; beside it NAME.done says what came out, and in how many minutes."""
        done, spent = self.folder / f"{name}.done", self.folder / f"{name}.seconds"
        if done.exists() or name in self.planned:
            return name
        resume = ["--resume"] if (self.folder / name).exists() else []
        began = time.time()
        try:
            result = self.run(what, "-o", name, *arguments, *resume, "--threads", self.threads,
                              "--checkpoint-epochs", 5, "--keep", 1, "-q")
        finally:
            if not self.plan:
                before = float(spent.read_text()) if spent.exists() else 0
                self.write(spent, f"{before + time.time() - began}\n")
        if self.plan:
            self.planned.add(name)
            return name
        if result["end"] == "interrupted":
            raise Stopped(f"{name} was stopped")
        self.write(done, json.dumps({**result, "minutes": round(float(spent.read_text()) / 60, 1)}) + "\n")
        return name

    def result(self, name):
        return json.loads((self.folder / f"{name}.done").read_text())

    def precision(self, name):
        """What a run's products were rounded to."""
        return json.loads((self.folder / name / "config.json").read_text())["optimisation"].get("precision", "f32")

    @staticmethod
    def write(path, text):
        """Whole or not at all."""
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(path.name + ".partial")
        draft.write_text(text)
        draft.replace(path)
