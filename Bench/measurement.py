"""Doing a row's work: pairs of runs that alternate, each kept as soon as it is done."""
import json
import pathlib
import subprocess
import sys

import machine


class Results:
    """The figures of one row, in a file of JSON lines: what was measured first, then a line for each run.

    A file of another program, machine or row is started anew; one that was interrupted is resumed.
    """
    def __init__(self, folder, row, about):
        self.path = pathlib.Path(folder) / f"{row.name}.jsonl"
        self.about = about | {"row": row.name, "commands": [list(side.command) for side in row.sides]}

    def read(self):
        """What was measured, and the lines of runs; nothing where the row was never measured."""
        if not self.path.exists():
            return None, []
        lines = self.path.read_text().split("\n")[:-1]
        return (json.loads(lines[0]), [json.loads(line) for line in lines[1:]]) if lines else (None, [])

    def begin(self, anew):
        about, runs = self.read()
        if not anew and about is not None and self.key(about) == self.key(self.about):
            # Where the program was stopped within a line, the rest of it goes.
            self.path.write_text("".join(json.dumps(line) + "\n" for line in [about, *runs]))
            return runs
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(self.about) + "\n")
        return []

    @staticmethod
    def key(about):
        return {name: about.get(name) for name in ("row", "program", "machine", "commands")}

    def append(self, run):
        with self.path.open("a") as file:
            file.write(json.dumps(run) + "\n")


def lacking(side, python):
    """Why a side cannot work here, or None."""
    for file in side.files:
        if not pathlib.Path(file).exists():
            return f"there is no {file}: run `make model`"
    if side.modules:
        if python is None:
            return "there is no Python with the anchors: run `Bench/environment.sh`, or name one in PERK_BENCH_PYTHON"
        check = "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(m) is None for m in sys.argv[1:]))"
        if subprocess.run([python, "-c", check, *side.modules], capture_output=True).returncode:
            return f"{python} has no {' or '.join(side.modules)}: run `Bench/environment.sh`"
    available = machine.available_mib()
    if available < side.memory_mib:
        return f"needs about {side.memory_mib:,} MiB of memory, and {available:,} are free"
    return None


def run(side, words):
    """One run of a side: the figures that it prints, or why it gave none."""
    command = [word.format_map(words) if word.startswith("{") else word for word in side.command]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        try:
            return json.loads(done.stdout.splitlines()[-1])
        except (IndexError, ValueError):
            return {"failure": "printed no figures"}
    if done.returncode < 0:
        return {"failure": f"was ended by signal {-done.returncode}" +
                (", as the system does where memory is lacking" if done.returncode == -9 else "")}
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines[-1:]
    return {"failure": errors[0].strip() if errors else f"ended with status {done.returncode}"}


def measure(row, results, words, anew=False):
    """Measures what of the row is not measured yet."""
    runs = results.begin(anew)
    done = {(run["pair"], run["side"]) for run in runs if "failure" not in run}
    # A side that failed once is left out of the pairs that follow, and tried again the next time.
    failed = set()
    for pair in range(row.pairs):
        for side in row.sides:
            if (pair, side.name) in done or side.name in failed:
                continue
            reason = lacking(side, words["python"])
            figures = {"failure": reason} if reason else run(side, words)
            results.append({"pair": pair, "side": side.name, **figures})
            if "failure" in figures:
                failed.add(side.name)
            told = figures.get("failure") or f"{figures['seconds']:.4g} s"
            print(f"{row.name}, pair {pair + 1} of {row.pairs}, {side.name}: {told}", file=sys.stderr, flush=True)
