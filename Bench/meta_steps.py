#!/usr/bin/env python3
"""Times meta-steps of a training run: meta_steps.py PROGRAM CONFIG.yaml --first N --last N [--set PATH=VALUE]...

The run is watched from outside: when the line of a step appears in its metrics, the clock and the process's CPU time
are read. Evaluations and checkpoints that fall between the two steps are part of it. Prints a line of JSON: the seconds
from the end of the first step to the end of the last, and the CPU seconds within.
"""
import argparse
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time


def end_with_parent():
    """Called in the run's process: it ends when this program is ended, however that happens."""
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def cpu_seconds(process):
    # After the name, which is in parentheses: the state, ten other fields, then user and system time in ticks.
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mib(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024


def wait_for(step, metrics, process, log):
    """Returns at the moment when the metrics have the step's line."""
    while True:
        if metrics.exists():
            lines = metrics.read_text().split("\n")[:-1]
            if any(json.loads(line)["step"] >= step for line in lines[-3:]):
                return time.perf_counter(), cpu_seconds(process)
        if process.poll() is not None:
            sys.exit(f"the run ended before step {step}: {log.read_text()[-500:]}")
        time.sleep(0.02)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("configuration")
    parser.add_argument("--first", type=int, default=20)
    parser.add_argument("--last", type=int, default=60)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--set", action="append", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        metrics, log = folder / "run/metrics.jsonl", folder / "log"
        command = [options.program, "train", options.configuration, "--output", str(folder / "run"), "--threads",
                   str(options.threads), "--set", f"output.metricsFile={metrics.name}"]
        command += [word for setting in options.set for word in ("--set", setting)]
        with log.open("w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, preexec_fn=end_with_parent)
        try:
            start, cpu_start = wait_for(options.first, metrics, process, log)
            end, cpu_end = wait_for(options.last, metrics, process, log)
            peak = peak_mib(process)
        finally:
            process.kill()
            process.wait()
    print(json.dumps({"seconds": round(end - start, 3), "cpu_seconds": round(cpu_end - cpu_start, 2),
                      "peak_mib": peak, "threads": options.threads}))


if __name__ == "__main__":
    main()
