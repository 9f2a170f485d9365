# SPDX-License-Identifier: Apache-2.0
"""Do the defaults reach a converged reference solver, and how long do they take? quality.py FALLLINE

The references are worked out here, on the encoding that the program documents: numbers standardised over the training rows, missing ones
set to the mean with an indicator beside them, text one column a level, a missing cell being a level of its own, levels seen fewer than
10 times sharing one.
"""

import io
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.optimize
import scipy.special
from program import ROOT, Program, Verdicts, shared_text, split_rows, write_lines
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

RARE_BELOW = 10
SLOWER_AT_MOST = 3.0


def encoded(column: pd.Series, train: pd.Series) -> list[np.ndarray]:
    """The features of one column, fitted on its training rows."""
    missing = column.isna()
    if pd.api.types.is_numeric_dtype(train):
        mean, spread = train.mean(), train.std(ddof=0)
        features = [(column.fillna(mean).to_numpy(float) - mean) / spread]
    else:
        counts = train.value_counts()
        levels = counts.index[counts >= RARE_BELOW]
        features = [(column == level).to_numpy(float) for level in levels]
        if len(levels) < len(counts):
            features.append((~column.isin(levels) & ~missing).to_numpy(float))
    return [*features, missing.to_numpy(float)] if train.isna().any() else features


def design(table: pd.DataFrame, train: pd.DataFrame) -> np.ndarray:
    columns = [feature for name in train for feature in encoded(table[name], train[name])]
    return np.column_stack([np.ones(len(table)), *columns])


def logistic_optimum(x: np.ndarray, sign: np.ndarray) -> float:
    """The least mean of log(1 + exp(-m)) without penalty."""

    def value_and_gradient(w):
        m = sign * (x @ w)
        return np.logaddexp(0, -m).mean(), x.T @ (-sign * scipy.special.expit(-m)) / len(sign)

    found = scipy.optimize.minimize(
        value_and_gradient,
        np.zeros(x.shape[1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 20000, "maxfun": 20000, "ftol": 1e-11, "gtol": 1e-8},
    )
    return float(found.fun)


def log_loss(program: Program, model: Path, data: Path, labels: list[str], *options) -> float:
    rows = program.predict(model, data, *options)
    return float(np.mean([-np.log(float(row["p_" + label])) for row, label in zip(rows, labels, strict=True)]))


def peer_fit(file: Path, head, estimator):
    """scikit-learn from file to fitted pipeline: (pipeline, columns, target)."""
    table = pd.read_csv(file, header=head, skipinitialspace=True, na_values="?")
    target = "median_house_value" if "median_house_value" in table else table.columns[-1]
    encoder = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE_BELOW), make_column_selector(dtype_exclude="number")),
    )
    features = table.drop(columns=target)
    return make_pipeline(encoder, estimator).fit(features, table[target]), features, table[target]


def peer_seconds(file: Path, head, estimator, repeats=3) -> float:
    """The time of that, its imports not counted."""
    times = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for _ in range(repeats):
            begun = time.perf_counter()
            peer_fit(file, head, estimator)
            times.append(time.perf_counter() - begun)
    return min(times)


def compare_times(verdicts: Verdicts, name: str, ours: float, peer: float) -> None:
    verdicts.claim(
        ours <= SLOWER_AT_MOST * peer,
        f"{name}: train takes {ours:.3f} s, scikit-learn {peer:.3f} s without imports: {ours / peer:.2f} x (at most {SLOWER_AT_MOST:g})",
    )


def adult(program: Program, verdicts: Verdicts, here: Path) -> None:
    text = shared_text("adult/adult.data.gz")
    if text is None:
        return
    train, test = split_rows([line for line in text.splitlines() if line])
    train_file, test_file, model = write_lines(here / "adult.csv", train), write_lines(here / "adult-test.csv", test), here / "adult.onnx"
    options = ("--no-header", "--target", "@-1")
    result = program.train(train_file, *options, out=model)
    verdicts.note(f"adult: {result['outcome']}: {result['why']}")

    accuracy = program.evaluate(model, test_file, "--no-header")["accuracy"]
    labels = [line.rsplit(", ", 1)[1] for line in test]
    right = np.mean(
        [row["prediction"] == label for row, label in zip(program.predict(model, test_file, "--no-header"), labels, strict=True)]
    )
    verdicts.claim(accuracy >= 0.847, f"adult: accuracy {accuracy:.4f} on {len(test)} rows held out (at least 0.847)")
    verdicts.claim(abs(accuracy - right) < 1e-9, f"adult: evaluate and predict agree ({accuracy:.6f}, {right:.6f})")

    table = pd.read_csv(io.StringIO("\n".join(train)), header=None, skipinitialspace=True, na_values="?")
    features = table.drop(columns=14)
    best = logistic_optimum(design(features, features), np.where(table[14] == ">50K", 1.0, -1.0))
    reached = log_loss(program, model, train_file, [line.rsplit(", ", 1)[1] for line in train], "--no-header")
    verdicts.claim(
        reached <= 1.005 * best, f"adult: log loss {reached:.6f}, the optimum is {best:.6f}: {reached / best - 1:+.3%} (at most 0.5%)"
    )
    verdicts.claim(abs(result["train_loss"] / reached - 1) < 1e-3, f"adult: it reports that loss ({result['train_loss']:.6f})")

    ours = program.seconds("train", train_file, *options, "--out", model)
    compare_times(verdicts, "adult", ours, peer_seconds(train_file, None, LogisticRegression()))


def housing(program: Program, verdicts: Verdicts, here: Path) -> None:
    text = shared_text("california-housing/housing.csv.gz")
    if text is None:
        return
    head, *rows = text.splitlines()
    train, test = split_rows(rows)
    train_file, test_file = write_lines(here / "housing.csv", [head, *train]), write_lines(here / "housing-test.csv", [head, *test])
    model, target = here / "housing.onnx", "median_house_value"
    result = program.train(train_file, "--target", target, out=model)
    verdicts.note(f"housing: {result['outcome']}: {result['why']}")

    known, held_out = pd.read_csv(train_file), pd.read_csv(test_file)
    features = known.drop(columns=target)
    w = np.linalg.lstsq(design(features, features), known[target].to_numpy(float), rcond=None)[0]
    errors = design(held_out.drop(columns=target), features) @ w - held_out[target]
    best, reached = float(np.sqrt((errors**2).mean())), program.evaluate(model, test_file)["rmse"]
    verdicts.claim(
        abs(reached / best - 1) <= 0.01,
        f"housing: RMSE {reached:.1f} on rows held out, least squares {best:.1f}: {reached / best - 1:+.3%}",
    )

    ours = program.seconds("train", train_file, "--target", target, "--out", model)
    compare_times(verdicts, "housing", ours, peer_seconds(train_file, "infer", LinearRegression()))


def seed_regression(program: Program, verdicts: Verdicts, here: Path) -> None:
    data, model = ROOT / "tests" / "data" / "seed-regression.csv", here / "seed.onnx"
    program.train(data, "--no-header", "--target", "@-1", out=model)
    slope, intercept = program.line(model, here, x1=100.0)
    verdicts.claim(
        abs(slope - 1.322431) < 1e-4 and abs(intercept - 7.991021) < 1e-4,
        f"seed-regression: slope {slope:.6f} (1.322431), intercept {intercept:.6f} (7.991021)",
    )
    ours = program.seconds("train", data, "--no-header", "--target", "@-1", "--out", model, repeats=5)
    compare_times(verdicts, "seed-regression", ours, peer_seconds(data, None, LinearRegression(), repeats=5))


def main() -> int:
    program, verdicts = Program(sys.argv[1]), Verdicts()
    with tempfile.TemporaryDirectory() as folder:
        for judge in (seed_regression, housing, adult):
            judge(program, verdicts, Path(folder))
    return verdicts.done()


if __name__ == "__main__":
    sys.exit(main())
