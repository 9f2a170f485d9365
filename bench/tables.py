# SPDX-License-Identifier: Apache-2.0
"""From a CSV file to a fitted model: how good, how soon? bench/tables.py FALLLINE, or ./dev bench tables

The contenders get the same file with nothing tuned: Fallline as a whole process, scikit-learn inside this one with its imports not counted.
The quality each reached on the training rows comes first, for a fast wrong answer is no answer; then best and median of five.
"""

import os
import platform
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "acceptance"))

from program import Program, shared_text, write_lines
from quality import peer_fit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier, SGDRegressor
from sklearn.metrics import log_loss, root_mean_squared_error

REPEATS = 5


def timed(work) -> tuple[float, float]:
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times), statistics.median(times)


def row(name: str, measure: str, quality: float, times: tuple[float, float]) -> None:
    print(f"  {name:<54}{measure} {quality:>12.6g}   best {times[0]:7.3f} s   median {times[1]:7.3f} s", flush=True)


def ours(program: Program, here: Path, file: Path, options: tuple, labelled: tuple, measure: str) -> None:
    model = here / "model.onnx"
    times = timed(lambda: program.run("train", file, *options, "--out", model))
    row("fallline train", measure, program.evaluate(model, file, *labelled)[measure], times)


def adult(program: Program, here: Path) -> None:
    text = shared_text("adult/adult.data.gz")
    if text is None:
        return
    file = write_lines(here / "adult.csv", [line for line in text.splitlines() if line])
    print("adult: logistic regression, 32,561 rows")
    ours(program, here, file, ("--no-header", "--target", "@-1"), ("--no-header",), "log_loss")
    for estimator in (LogisticRegression(), LogisticRegression(max_iter=1000), SGDClassifier(loss="log_loss", random_state=0)):
        fitted, features, target = peer_fit(file, None, estimator)
        reached = log_loss(target, fitted.predict_proba(features))
        row(str(estimator), "log_loss", reached, timed(lambda estimator=estimator: peer_fit(file, None, estimator)))


def housing(program: Program, here: Path) -> None:
    text = shared_text("california-housing/housing.csv.gz")
    if text is None:
        return
    file = write_lines(here / "housing.csv", text.splitlines())
    print("housing: linear regression, 20,640 rows")
    ours(program, here, file, ("--target", "median_house_value"), (), "rmse")
    for estimator in (LinearRegression(), SGDRegressor(random_state=0)):
        fitted, features, target = peer_fit(file, "infer", estimator)
        reached = root_mean_squared_error(target, fitted.predict(features))
        row(str(estimator), "rmse", reached, timed(lambda estimator=estimator: peer_fit(file, "infer", estimator)))


def main() -> int:
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        for question in (adult, housing):
            question(Program(sys.argv[1]), Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
