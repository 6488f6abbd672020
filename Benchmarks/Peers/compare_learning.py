#!/usr/bin/env python3
"""Fits forests, boosted trees, a logistic regression and clusters with this library, scikit-learn and
LightGBM, on the same tables.

    pip install -r requirements-learning.txt
    python compare_learning.py

Making the tables is not measured. All take turns, `--runs` times; the fastest run counts, and next to
it stands the ratio of processor time, which other work on the machine disturbs less. Areas under the
ROC curve must agree to 0.002, those of boosting to 0.005, and the labels of the clusters exactly, from
the same start. Memory is the peak resident size of a process that boosts once, less that of one that
only reads the tables. With `--growth` the time of our fits is shown by rows, columns and trees.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent

# Boosts once in a process of its own, or only reads the tables, to see what memory that takes.
LIGHTGBM = """
import sys
import numpy as np
import lightgbm
folder, threads, fits = sys.argv[1], int(sys.argv[2]), sys.argv[3] == "fit"
x = np.fromfile(f"{folder}/train.bin").reshape(20, -1).T
y = np.fromfile(f"{folder}/train_target.bin")
test = np.fromfile(f"{folder}/test.bin").reshape(20, -1).T
if fits:
    model = lightgbm.LGBMClassifier(n_estimators=100, num_leaves=31, n_jobs=threads, verbose=-1)
    model.fit(x, y)
status = open("/proc/self/status").read()
print(int(status.split("VmHWM:")[1].split()[0]) * 1024)
"""


def write(folder, name, values):
    values.astype("<f8").tofile(folder / f"{name}.bin")


class Timer:
    def __init__(self):
        self.wall, self.processor = [], []

    def __call__(self, body, divisor=1):
        before = os.times()
        start = time.perf_counter()
        result = body()
        self.wall.append((time.perf_counter() - start) / divisor)
        after = os.times()
        self.processor.append(
            (after.user + after.system - before.user - before.system) / divisor)
        return result


def output(arguments):
    return json.loads(subprocess.run(
        arguments, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each")
    parser.add_argument("--threads", type=int, default=2, help="threads of both")
    parser.add_argument("--rows", type=int, default=100_000, help="rows to fit forests to")
    parser.add_argument("--points", type=int, default=400_000, help="rows to put into clusters")
    parser.add_argument("--growth", action="store_true", help="also show how our fits grow")
    parser.add_argument("--no-build", action="store_true", help="use the program as it is built")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)

    import lightgbm
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.datasets import make_classification
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    product = "learning-swift"
    build = ["swift", "build", "-c", "release", "--package-path", str(PACKAGE)]
    if not options.no_build:
        subprocess.run(build + ["--product", product], check=True, stdout=sys.stderr)
    program = subprocess.run(
        build + ["--show-bin-path"], check=True, capture_output=True, text=True).stdout.strip()

    rows = options.rows
    x, y = make_classification(
        n_samples=rows + 20_000, n_features=20, n_informative=10, n_redundant=4,
        n_clusters_per_class=4, class_sep=0.7, flip_y=0.02, random_state=7)
    generator = np.random.default_rng(3)
    centers = generator.normal(size=(8, 8)) * 2.2
    points = (centers[generator.integers(0, 8, options.points)]
              + generator.normal(size=(options.points, 8)) * 1.2)
    start = points[generator.choice(options.points, 8, replace=False)]

    times = {name: Timer() for name in [
        "forest_fit", "forest_predict", "forest_row", "boosting_fit", "boosting_predict",
        "logistic_fit", "kmeans"]}
    mine = {name: ([], []) for name in times}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, "train", x[:rows].T)
        write(folder, "train_target", y[:rows])
        write(folder, "test", x[rows:].T)
        write(folder, "test_target", y[rows:])
        write(folder, "points", points.T)
        write(folder, "start", start)
        for _ in range(options.runs):
            forest = RandomForestClassifier(100, n_jobs=options.threads, random_state=1)
            times["forest_fit"](lambda: forest.fit(x[:rows], y[:rows]))
            found = times["forest_predict"](lambda: forest.predict_proba(x[rows:])[:, 1])
            forest.n_jobs = 1
            times["forest_row"](
                lambda: [forest.predict_proba(x[rows + i:rows + i + 1]) for i in range(20)], 20)
            boosting = lightgbm.LGBMClassifier(
                n_estimators=100, num_leaves=31, n_jobs=options.threads, verbose=-1)
            times["boosting_fit"](lambda: boosting.fit(x[:rows], y[:rows]))
            boosted = times["boosting_predict"](
                lambda: boosting.booster_.predict(x[rows:], num_threads=options.threads))
            logistic = LogisticRegression()
            times["logistic_fit"](lambda: logistic.fit(x[:rows], y[:rows]))
            clusters = KMeans(8, init=start, n_init=1, tol=0, algorithm="lloyd")
            times["kmeans"](lambda: clusters.fit(points))
            write(folder, "labels", clusters.labels_)
            answers = output(
                # Its second run is as warm as the peers' are after their first.
                [f"{program}/{product}", name, str(options.threads), "2",
                 "forests", "boosting", "linear", "clusters"])
            for task, answer in answers.items():
                mine[task][0].extend(answer["seconds"])
                mine[task][1].extend(answer["processorSeconds"])
        threads = str(options.threads)
        # What a process says itself: rusage counts what its parent had when it was started.
        own_memory = [
            output([f"{program}/{product}", name, threads, "1", task, "memory"])
            ["memory"]["figures"]["peak"] for task in ("boosting", "nothing")]
        memory = [output([sys.executable, "-c", LIGHTGBM, name, threads, task])
                  for task in ("fit", "nothing")]
        growth = (output([f"{program}/{product}", name, threads, "1", "growth"])
                  if options.growth else {})

    area = roc_auc_score(y[rows:], found)
    own = answers["forest_fit"]["figures"]["area"]
    boosted_area = roc_auc_score(y[rows:], boosted)
    own_boosted = answers["boosting_fit"]["figures"]["area"]
    logistic_area = roc_auc_score(y[rows:], logistic.decision_function(x[rows:]))
    own_logistic = answers["logistic_fit"]["figures"]["area"]
    figures = answers["kmeans"]["figures"]
    print(f"area under the ROC curve of the forest {own:.4f}, scikit-learn {area:.4f}; of boosting "
          f"{own_boosted:.4f}, LightGBM {boosted_area:.4f}; of the logistic regression "
          f"{own_logistic:.4f}, scikit-learn {logistic_area:.4f}")
    print(f"k-means: {figures['different_labels']:.0f} labels differ, "
          f"{figures['iterations']:.0f} steps, scikit-learn {clusters.n_iter_}")
    print(f"memory of boosting: {(own_memory[0] - own_memory[1]) / 1e6:.0f} MB, LightGBM "
          f"{(memory[0] - memory[1]) / 1e6:.0f} MB; whole processes {own_memory[0] / 1e6:.0f} and "
          f"{memory[0] / 1e6:.0f} MB")
    print(f"{'task':<16} {'ours':>11} {'peer':>13} {'ratio':>7} {'processor':>10}")
    for task, timer in times.items():
        wall, processor = min(mine[task][0]), min(mine[task][1])
        other, otherProcessor = min(timer.wall), min(timer.processor)
        print(f"{task:<16} {wall * 1e3:>8.3f} ms {other * 1e3:>10.3f} ms "
              f"{other / wall:>6.1f}× {otherProcessor / processor:>9.1f}×")
    for size, answer in growth.items():
        print(f"{size:<34} {min(answer['seconds']) * 1e3:>8.0f} ms")
    if (abs(own - area) > 0.002 or own_boosted < boosted_area - 0.005
            or abs(own_logistic - logistic_area) > 0.002 or figures["different_labels"] > 0):
        sys.exit("error: the answers differ")


if __name__ == "__main__":
    main()
