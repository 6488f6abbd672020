#!/usr/bin/env python3
"""Does the same work in this library and in DuckDB, ClickHouse and Polars, on the same data.

    pip install -r requirements.txt
    python compare.py                    # all tasks; builds and generates what is missing
    python compare.py --only dau,fact_table --runs 15

Every formulation of every engine runs once to warm up and then `--runs` times in turns with the
others. An engine is judged by the fastest of its formulations. Answers are compared exactly; when
two differ the comparison ends with an error that shows where.
"""

import argparse
import gc
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
PACKAGE = FOLDER.parent
PEERS = {"duckdb": "DuckDB", "clickhouse": "ClickHouse", "polars": "Polars"}
TASKS = {
    "read_ndjson": "NDJSON → ready log", "read_csv": "CSV → ready log",
    "dau": "distinct users per day", "gap_sessions": "sessions by 30-minute gap",
    "fact_table": "date × channel fact table",
    "funnel": "ordered funnel, 5 steps, 7 days",
    "rfm": "RFM scores by customer",
    "retention": "daily retention matrix",
}
OURS = "this library"
# The exit code of a child whose engine lacks the task.
NOT_DONE = 3


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--users", type=int, default=300_000, help="users of the CSV file")
    parser.add_argument(
        "--ndjson-users", type=int, default=20_000, help="users of the NDJSON file, 20 kB each")
    parser.add_argument(
        "--customers", type=int, default=1_000_000, help="customers of the file of purchases")
    parser.add_argument("--runs", type=int, default=7, help="timed runs of each formulation")
    parser.add_argument("--threads", type=int, default=2, help="threads of every engine")
    parser.add_argument("--only", help="tasks, separated by commas: " + ", ".join(TASKS))
    parser.add_argument("--peers", default=",".join(PEERS), help="engines to compare with")
    parser.add_argument(
        "--data", type=Path, default=PACKAGE / ".data", help="folder of the generated files")
    parser.add_argument("--json", type=Path, help="file for all times")
    parser.add_argument("--no-build", action="store_true", help="use the program as it is built")
    parser.add_argument("--no-memory", action="store_true", help="do not measure memory")
    parser.add_argument("--all-variants", action="store_true", help="print every formulation")
    # How this script calls itself to see the memory of one engine.
    parser.add_argument("--child", nargs=2, metavar=("PEER", "TASK"), help=argparse.SUPPRESS)
    return parser.parse_args()


# Our side


def build():
    command = ["swift", "build", "-c", "release", "--package-path", str(PACKAGE)]
    subprocess.run([*command, "--product", "peers-swift"], check=True, stdout=sys.stderr)
    path = subprocess.run([*command, "--show-bin-path"], check=True, capture_output=True, text=True)
    return str(Path(path.stdout.strip()) / "peers-swift")


def generate(program, format, users, folder):
    folder.mkdir(parents=True, exist_ok=True)
    name = f"purchases-{users}.csv" if format == "purchases" else f"events-{users}.{format}"
    path = folder / name
    if not path.exists():
        print(f"generating {path.name} …", file=sys.stderr)
        subprocess.run([program, "generate", format, str(users), str(path)], check=True,
                       stdout=subprocess.DEVNULL)
    return path


class Ours:
    """Drives the Swift program, which keeps the log between the tasks."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, task, answers):
        print(task + " answer" if answers else task, file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit("our side ended before its answer")
        return json.loads(line)


# Measuring


class Contender:
    """A formulation of a task in an engine with its times."""

    def __init__(self, engine, variant, run):
        self.engine, self.variant, self.run_ = engine, variant, run
        self.seconds, self.cpu = [], []
        self.answer = None

    def run(self, warm_up):
        wall, cpu, answer = self.run_(warm_up)
        if warm_up:
            self.answer = answer
        else:
            self.seconds.append(wall)
            self.cpu.append(cpu)

    best = property(lambda self: min(self.seconds))
    median = property(lambda self: statistics.median(self.seconds))
    best_cpu = property(lambda self: min(self.cpu))


def our_contender(ours, task):
    def run(warm_up):
        result = ours.run(task, answers=warm_up)
        return result["seconds"][0], result["cpu"][0], result["answer"]

    return Contender(OURS, "", run)


def peer_contender(name, peer, task, variant, work, answer):
    def run(warm_up):
        peer.prepare(task)
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return wall, cpu, answer(result) if warm_up else None

    return Contender(name, variant, run)


def normal(rows):
    """Rows in an order of their own with all numbers alike."""
    return sorted(
        [cell if isinstance(cell, str) else float(cell) for cell in row] for row in rows)


def differences(task, contenders):
    """A paragraph for each contender whose answer is not ours."""
    expected = normal(contenders[0].answer)
    result = []
    for other in contenders[1:]:
        found = normal(other.answer)
        if found == expected:
            continue
        pairs = [(a, b) for a, b in zip(expected, found) if a != b][:5]
        result.append(
            f"{task}: the answers differ.\n{OURS}: {len(expected)} rows\n"
            f"{other.engine} ({other.variant}): {len(found)} rows\n"
            + "\n".join(f"  {a}\n  {b}" for a, b in pairs))
    return result


def child(options, csv, ndjson):
    name, task = options.child
    peer = importlib.import_module(f"{name}_peer").Peer(csv, ndjson, options.threads)
    if task == "nothing":
        return
    peer.prepare(task)
    variants = peer.variants(task)
    if not variants:
        sys.exit(NOT_DONE)
    for work, _ in variants.values():
        kept = work()
        del kept


def peak_memory(command):
    """The most memory the process of `command` held at a time, in MB; `None` if it has no such task.

    On Linux a process inherits the peak of the one that started it, so this comes before the
    engines are loaded.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == NOT_DONE:
        return None
    if code != 0:
        sys.exit(f"{command[0]} failed while its memory was measured")
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def reading_memory(options, ours, peers, task):
    """For each engine that reads as `task` asks, the memory it takes before and while it does."""
    commands = {OURS: [*ours, "--without-answers", "--runs", "1"]}
    for peer in peers:
        commands[PEERS[peer]] = [
            sys.executable, __file__, "--data", str(options.data), "--users", str(options.users),
            "--ndjson-users", str(options.ndjson_users), "--threads", str(options.threads),
            "--child", peer]
    memory = {}
    for name, command in commands.items():
        peak = peak_memory([*command, task])
        if peak is not None:
            memory[name] = peak_memory([*command, "nothing"]), peak
    return memory


# Printing


def milliseconds(seconds):
    value = seconds * 1000
    return f"{value:,.0f} ms" if value >= 100 else f"{value:.1f} ms"


def table(header, rows):
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
        for line in lines)


def relies_on_order(contender):
    return contender.variant.startswith("sorted rows")


def fastest(contenders, unordered=False):
    """The fastest contender of each engine, ours first.

    With `unordered`, of the formulations that do not rely on the order in which rows are stored.
    """
    result = {}
    for contender in contenders:
        if unordered and relies_on_order(contender):
            continue
        known = result.get(contender.engine)
        if known is None or contender.best < known.best:
            result[contender.engine] = contender
    return result


def processor_ratio(contenders, mine):
    lean = min((c for c in contenders if c is not mine), key=lambda contender: contender.best_cpu)
    return f"{lean.best_cpu / mine.best_cpu:.1f}× {lean.engine}"


def describe(results, modules, sizes, memory):
    engines = [OURS, *(module.NAME for module in modules)]
    rows = []
    for task, contenders in results.items():
        best = fastest(contenders)
        row = [TASKS[task]]
        for engine in engines:
            contender = best.get(engine)
            if contender is None:
                row.append("")
                continue
            text = f"{milliseconds(contender.best)} ({milliseconds(contender.median)})"
            if task in sizes:
                text += f", {sizes[task] / contender.best / 1e6:,.0f} MB/s"
            row.append(text)
        peers = [best[engine] for engine in engines[1:] if engine in best]
        if peers:
            peer = min(peers, key=lambda contender: contender.best)
            mine = best[OURS]
            row.append(f"{peer.best / mine.best:.1f}× {peer.engine}")
            row.append(f"{peer.median / mine.median:.1f}×")
            row.append(processor_ratio(contenders, mine))
            general = fastest(contenders, unordered=True)
            peer = min((general[e] for e in engines[1:] if e in general), key=lambda c: c.best)
            lean = min(c.best_cpu for c in contenders if c is not mine and not relies_on_order(c))
            row.append(
                f"{peer.best / mine.best:.1f}× {peer.engine}, {lean / mine.best_cpu:.1f}×")
        else:
            row += [""] * 4
        rows.append(row)
    print("\nbest (median) of the fastest formulation of each engine; ratios to the best peer\n")
    print(table(
        ["task", *engines, "ratio of best", "of medians", "of processor time",
         "without row order: best, processor time"], rows))
    if memory:
        print("\npeak memory while reading, in MB; in brackets before reading\n")
        rows = [
            [TASKS[task]] + [
                f"{values[e][1]:,.0f} ({values[e][0]:,.0f})" if e in values else ""
                for e in engines]
            for task, values in memory.items()]
        print(table(["task", *engines], rows))


def describe_variants(results):
    rows = [
        [TASKS[task], contender.engine, contender.variant, milliseconds(contender.best),
         milliseconds(contender.median), milliseconds(contender.best_cpu)]
        for task, contenders in results.items()
        for contender in sorted(contenders, key=lambda contender: contender.best)]
    print()
    print(table(["task", "engine", "formulation", "best", "median", "processor"], rows))


def main():
    options = arguments()
    # Read when Polars is imported.
    os.environ["POLARS_MAX_THREADS"] = str(options.threads)
    sys.path.insert(0, str(FOLDER))
    csv = options.data / f"events-{options.users}.csv"
    ndjson = options.data / f"events-{options.ndjson_users}.ndjson"
    if options.child:
        return child(options, str(csv), str(ndjson))

    tasks = options.only.split(",") if options.only else list(TASKS)
    for task in tasks:
        if task not in TASKS:
            sys.exit(f"there is no task {task}; there are {', '.join(TASKS)}")
    if options.no_build:
        program = str(PACKAGE / ".build" / "release" / "peers-swift")
    else:
        program = build()
    sizes = {}
    purchases = options.data / f"purchases-{options.customers}.csv"
    if "rfm" in tasks:
        generate(program, "purchases", options.customers, options.data)
    if any(task not in ("read_ndjson", "rfm") for task in tasks):
        sizes["read_csv"] = generate(program, "csv", options.users, options.data).stat().st_size
    if "read_ndjson" in tasks:
        sizes["read_ndjson"] = generate(
            program, "ndjson", options.ndjson_users, options.data).stat().st_size
    names = [name for name in options.peers.split(",") if name]
    for name in names:
        if name not in PEERS:
            sys.exit(f"there is no peer {name}; there are {', '.join(PEERS)}")
    ours = [program, "run", "--csv", str(csv), "--ndjson", str(ndjson), "--purchases",
            str(purchases), "--threads", str(options.threads)]
    memory = {}
    for task in tasks:
        if task.startswith("read") and not options.no_memory:
            print(f"{TASKS[task]}: memory", file=sys.stderr)
            memory[task] = reading_memory(options, ours, names, task)

    modules = [importlib.import_module(f"{name}_peer") for name in names]
    peers = [(m.NAME, m.Peer(str(csv), str(ndjson), options.threads)) for m in modules]
    for _, peer in peers:
        peer.purchases = str(purchases)
    ours = Ours(ours)
    results = {}
    wrong = []
    for task in tasks:
        contenders = [our_contender(ours, task)]
        for name, peer in peers:
            peer.prepare(task)
            contenders += [
                peer_contender(name, peer, task, variant, work, answer)
                for variant, (work, answer) in peer.variants(task).items()]
        for contender in contenders:
            contender.run(warm_up=True)
        wrong += differences(task, contenders)
        for run in range(options.runs):
            print(f"\r{TASKS[task]}: run {run + 1} of {options.runs} ", end="", file=sys.stderr)
            for contender in contenders:
                contender.run(warm_up=False)
        print(file=sys.stderr)
        results[task] = contenders

    describe(results, modules, sizes, memory)
    if options.all_variants:
        describe_variants(results)
    versions = ", ".join(f"{module.NAME} {module.version()}" for module in modules)
    agreement = "the answers differ, see below" if wrong else "all answers agree"
    print(f"\n{agreement}; {versions}, Python {platform.python_version()}; "
          f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}; "
          f"{options.threads} threads, {options.runs} runs")
    for task in ("read_csv", "read_ndjson"):
        if task in sizes and task in results:
            events = int(results[task][0].answer[0][0])
            print(f"{TASKS[task]}: {events:,} events, {sizes[task] / 1e6:,.0f} MB")
    if options.json:
        options.json.write_text(json.dumps([
            {"task": task, "engine": c.engine, "formulation": c.variant, "seconds": c.seconds,
             "cpu": c.cpu} for task, cs in results.items() for c in cs], indent=1))
    if wrong:
        sys.exit("\n\n".join(wrong))


if __name__ == "__main__":
    main()
