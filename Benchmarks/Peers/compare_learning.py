#!/usr/bin/env python3
"""Fits a forest and clusters with this library and with scikit-learn, on the same tables.

    pip install -r requirements-learning.txt
    python compare_learning.py

Making the tables is not measured. The two take turns, `--runs` times; the fastest run counts, and next
to it stands the ratio of processor time, which other work on the machine disturbs less. The area under
the ROC curve must agree to 0.002, and the labels of the clusters exactly, from the same start.
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


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0],
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="timed runs of each")
    parser.add_argument("--threads", type=int, default=2, help="threads of both")
    parser.add_argument("--rows", type=int, default=100_000, help="rows to fit forests to")
    parser.add_argument("--points", type=int, default=400_000, help="rows to put into clusters")
    parser.add_argument("--no-build", action="store_true", help="use the program as it is built")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)

    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.datasets import make_classification
    from sklearn.ensemble import RandomForestClassifier
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

    times = {name: Timer() for name in ["forest_fit", "forest_predict", "forest_row", "kmeans"]}
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
            clusters = KMeans(8, init=start, n_init=1, tol=0, algorithm="lloyd")
            times["kmeans"](lambda: clusters.fit(points))
            write(folder, "labels", clusters.labels_)
            answers = json.loads(subprocess.run(
                [f"{program}/{product}", name, str(options.threads), "1"],
                check=True, capture_output=True, text=True).stdout)
            for task, answer in answers.items():
                mine[task][0].extend(answer["seconds"])
                mine[task][1].extend(answer["processorSeconds"])

    area = roc_auc_score(y[rows:], found)
    own = answers["forest_fit"]["figures"]["area"]
    figures = answers["kmeans"]["figures"]
    print(f"area under the ROC curve {own:.4f}, scikit-learn {area:.4f}")
    print(f"k-means: {figures['different_labels']:.0f} labels differ, "
          f"{figures['iterations']:.0f} steps, scikit-learn {clusters.n_iter_}")
    print(f"{'task':<15} {'ours':>11} {'scikit-learn':>13} {'ratio':>7} {'processor':>10}")
    for task, timer in times.items():
        wall, processor = min(mine[task][0]), min(mine[task][1])
        other, otherProcessor = min(timer.wall), min(timer.processor)
        print(f"{task:<15} {wall * 1e3:>8.3f} ms {other * 1e3:>10.3f} ms "
              f"{other / wall:>6.1f}× {otherProcessor / processor:>9.1f}×")
    if abs(own - area) > 0.002 or figures["different_labels"] > 0:
        sys.exit("error: the answers differ")


if __name__ == "__main__":
    main()
