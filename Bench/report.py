"""The page of results: `docs/benchmarks.md`, made of what is kept of every row."""
import statistics

HEADER = """# Benchmarks

Written by `make bench`; `make bench ROW=name` measures one row anew. In each pair the sides take turns, each in a
process of its own, with one repetition to warm up and one that is timed, 2 threads each unless the row says otherwise.
The ratio is the median of the pairs' ratios, with the least and the greatest; times are medians. Where two stand
beside, the ratio is to the faster one of each pair. The memory ratio is that of the most memory that the processes
held. The share of the limit is the rate at which the work's matrix products are done, counted analytically, over the
best rate that this program's products with frozen maps reach by themselves in the same pairs, on as many threads.
"""


def seconds(value):
    return f"{value * 1000:.2f} ms" if value < 0.1 else f"{value:.2f} s" if value < 100 else f"{value:.0f} s"


class Pairs:
    """The runs of a row, by pair and side."""
    def __init__(self, runs):
        self.runs = {(run["pair"], run["side"]): run for run in runs if "failure" not in run}
        self.failures = {}
        for run in runs:
            if "failure" in run:
                self.failures[run["side"]] = run["failure"]
            else:
                self.failures.pop(run["side"], None)
        self.pairs = sorted({pair for pair, _ in self.runs})

    def figure(self, pair, side, name):
        return self.runs.get((pair, side), {}).get(name)

    def median(self, side, name):
        values = [value for pair in self.pairs if (value := self.figure(pair, side, name)) is not None]
        return statistics.median(values) if values else None

    def faster(self, pair, others):
        """The fastest of the others in a pair, or None."""
        known = [(value, other) for other in others if (value := self.figure(pair, other, "seconds"))]
        return min(known)[1] if known else None

    def ratios(self, comparison, name="seconds"):
        found = []
        for pair in self.pairs:
            own, other = self.figure(pair, comparison.side, name), self.faster(pair, comparison.others)
            if own is not None and other is not None:
                found.append(own / self.figure(pair, other, name))
        return found


def spread(values):
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.2f}" if len(values) == 1 else f"{middle:.2f} ({least:.2f} to {most:.2f}, {len(values)} pairs)"


def outcome(value, goal, at_most):
    met = value <= goal if at_most else value >= goal
    return f"{'≤' if at_most else '≥'} {goal:g} {'met' if met else '**missed**'}"


def share(pairs, side):
    """How much of the best product's rate a side reaches, or None where it was not measured."""
    rates = []
    for pair in pairs.pairs:
        work, limit = pairs.runs.get((pair, side)), pairs.runs.get((pair, f"product {side}"))
        if work and limit:
            rates.append(work["gflop"] / work["seconds"] / (limit["gflop"] / limit["least_seconds"]))
    return statistics.median(rates) if rates else None


def line(comparison, pairs):
    """The table's cells of one comparison, by the columns' names; None where its side was not measured."""
    def told(side, time):
        rate = f", {comparison.tokens / time:.1f} tokens/s" if comparison.tokens else ""
        return f"{side}: {seconds(time)}{rate}"

    own = pairs.median(comparison.side, "seconds")
    if own is None:
        return None
    times = [(other, time) for other in comparison.others if (time := pairs.median(other, "seconds"))]
    cells = dict.fromkeys(("here", "beside", "ratio", "goal", "memory ratio", "share of the limit"), "")
    cells["here"] = told(comparison.side, own)
    cells["beside"] = "; ".join(told(*other) for other in times)
    if comparison.kind == "seconds":
        cells["goal"] = outcome(own, comparison.goal, True).replace(f"{comparison.goal:g}", seconds(comparison.goal))
    elif comparison.kind == "cores":
        values = [pairs.figure(pair, comparison.side, "cpu_seconds") / pairs.figure(pair, comparison.side, "seconds")
                  for pair in pairs.pairs if pairs.figure(pair, comparison.side, "seconds")]
        cells["beside"], cells["ratio"] = "CPU seconds : seconds", spread(values)
        cells["goal"] = outcome(statistics.median(values), comparison.goal, False)
    elif ratios := pairs.ratios(comparison):
        is_time = comparison.kind == "time"
        values = ratios if is_time else [1 / ratio for ratio in ratios]
        cells["ratio"] = spread(values)
        cells["goal"] = outcome(statistics.median(values), comparison.goal, is_time)
    if comparison.memory_goal is not None and (ratios := pairs.ratios(comparison, "peak_mib")):
        memory = statistics.median(ratios)
        cells["memory ratio"] = f"{memory:.2f}, {outcome(memory, comparison.memory_goal, True)}"
    if (reached := share(pairs, comparison.side)) is not None:
        cells["share of the limit"] = f"{reached:.2f}"
    return cells


def section(row, about, runs):
    """What the page says of a row."""
    pairs = Pairs(runs)
    text = [f"## {row.name}", "", f"{row.text[0].upper()}{row.text[1:]}.", ""]
    if about is None:
        return text + ["Not measured.", ""]
    lines = [cells for comparison in row.comparisons if (cells := line(comparison, pairs))]
    columns = [name for name in (lines[0] if lines else ()) if any(cells[name] for cells in lines)]
    if lines:
        text += [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
        text += [f"| {' | '.join(cells[name] for name in columns)} |" for cells in lines] + [""]
    versions = {run["version"] for run in runs if "version" in run}
    measured = f"Measured at commit {about['commit']}, {about['date']}"
    text += [measured + (f", beside {', '.join(sorted(versions))}." if versions else "."), ""]
    for side, reason in pairs.failures.items():
        text += [f"Missing: {side}: {reason}.", ""]
    return text


def page(rows, results):
    """The whole page."""
    kept = [(row, *results(row).read()) for row in rows]
    text = [HEADER]
    for machine in sorted({about["machine"] for _, about, _ in kept if about}):
        names = [row.name for row, about, _ in kept if about and about["machine"] == machine]
        text.append(f"{machine}: {', '.join(names)}.\n")
    for row, about, runs in kept:
        text += section(row, about, runs)
    return "\n".join(text).rstrip() + "\n"
