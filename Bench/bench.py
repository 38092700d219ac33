#!/usr/bin/env python3
"""Measures the table of benchmarks and writes docs/benchmarks.md: bench.py [--row NAME] [--tiny].

Each run is kept in .bench as soon as it is done: what was interrupted goes on where it stopped, unless program, machine
or row have changed. --row measures one row from the beginning, and leaves the others as they are.
"""
import argparse
import datetime
import hashlib
import os
import pathlib
import subprocess
import sys

import machine
import measurement
import report
import rows as table


def anchors_python():
    """The Python that has the anchors' packages, or None."""
    path = os.environ.get("PERK_BENCH_PYTHON") or ".venv/bin/python"
    return path if pathlib.Path(path).exists() else None


def exported_adapter(folder):
    """An adapter in the two forms that this program and llama.cpp read; made once."""
    paths = {"peft": str(folder / "adapter"), "lora": str(folder / "adapter.gguf")}
    for form, path in zip(("peft", "gguf"), paths.values()):
        if pathlib.Path(path).exists() or not pathlib.Path(table.MODEL).exists():
            continue
        subprocess.run([".build/release/perk-serve", "export", "--model", table.MODEL, "--cache",
                        str(folder / "adapters.sqlite"), "--document", "Fixtures/demo/house.txt", "--format", form,
                        "--output", path], check=True, stdout=subprocess.DEVNULL)
    return paths


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--row", help="the only row to measure, from the beginning")
    parser.add_argument("--tiny", action="store_true", help="try everything out in small, apart from the real results")
    options = parser.parse_args()
    os.chdir(pathlib.Path(__file__).resolve().parent.parent)
    if not pathlib.Path(table.PROGRAM).exists():
        sys.exit(f"error: there is no {table.PROGRAM}: run `make build`")
    rows = table.rows(options.tiny)
    names = [row.name for row in rows]
    if options.row and options.row not in names:
        sys.exit(f"error: there is no row {options.row}: the rows are {', '.join(names)}")
    folder = pathlib.Path(".bench/tiny" if options.tiny else ".bench")
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "benchmarks.md" if options.tiny else pathlib.Path("docs/benchmarks.md")
    about = {"program": hashlib.sha256(pathlib.Path(table.PROGRAM).read_bytes()).hexdigest(),
             "machine": machine.description(), "commit": machine.commit(), "date": datetime.date.today().isoformat()}
    words = {"python": anchors_python(), **exported_adapter(folder)}

    def results(row):
        return measurement.Results(folder, row, about)

    for row in rows:
        if options.row in (None, row.name):
            measurement.measure(row, results(row), words, anew=options.row is not None)
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(report.page(rows, results))
    print(page)


if __name__ == "__main__":
    main()
