# SPDX-License-Identifier: Apache-2.0
"""Are LIBSVM files read as scikit-learn reads them? libsvm_differential.py FALLLINE [FILES [SEED]]

Writes random files (0- or 1-based, qid, comments, blank lines, tabs, CRLF, odd numbers, sometimes a fault), trains a model on each and has
it predict the file's own rows and those of another file: the predictions must follow from the coefficients that `show` prints and the
matrix that load_svmlight_file gives. What scikit-learn refuses must be refused; what is refused here alone must be one of the stricter
rules that the reader states.
"""

import csv
import io
import json
import random
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from program import Program, Verdicts
from sklearn.datasets import load_svmlight_file

STRICTER = (
    "is not a finite number",
    "larger than any double",
    "is not a number",
    "several labels",
    "not a whole number",
    "carriage return",
)


def number(rng: random.Random) -> str:
    x = rng.choice((rng.uniform(-3, 3), rng.gauss(0, 1) * 10 ** rng.randint(-12, 12), rng.randint(-9, 9), 0, 1))
    form = rng.choice(("{!r}", "{:.3f}", "{:+.17g}", "{:e}", "{:E}", "{:g}"))
    text = form.format(float(x))
    return rng.choice((text, text, text.removesuffix(".0"), text.replace("0.", ".") if text.startswith("0.") and len(text) > 2 else text))


def write_file(rng: random.Random, path: Path) -> None:
    base, width = rng.choice((0, 1)), rng.choice((1, 3, 20, 400))
    end, gap = rng.choice(("\n", "\n", "\r\n")), rng.choice((" ", " ", "\t", "  "))
    lines = []
    for i in range(rng.randint(2, 40)):
        label = rng.choice(("1", "+1", "1.0")) if i % 2 else rng.choice(("-1", "-1.", "-1e0"))
        picked = sorted(rng.sample(range(base, base + width), rng.randint(0, min(width, 12))))
        entries = [f"{j}:{number(rng)}" for j in picked]
        query = [f"qid:{i // 3}"] if rng.random() < 0.1 else []
        line = gap.join([label, *query, *entries]) + rng.choice(("", "", " ", " # 1:2 qid:x", "#"))
        lines.append(rng.choice(("", " ")) * (rng.random() < 0.1) + line)
        if rng.random() < 0.05:
            lines.append(rng.choice(("", "  ", "# a comment")))
    if rng.random() < 0.3:
        at = rng.randrange(len(lines))
        spoil = rng.choice((" 1:2 1:3", " 5:1 4:1", " x", " 7:", " :1", " 3:1:2", " 3:x", " -2:1", " 2.5:1", " 1,5:2", " 9:nan", " 9:0x1"))
        lines[at] = rng.choice((lines[at] + spoil, lines[at].replace("1", "l", 1), "1:1 2:2", "", "1,2 3:4", "1 3 :4"))
    path.write_text(end.join(lines) + rng.choice((end, "")), encoding="utf-8", newline="")


def reference(path: Path):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_svmlight_file(str(path), zero_based="auto", dtype=np.float64)
    except Exception as fault:  # any refusal counts
        return str(fault) or "refused"


def shown_model(program: Program, model: Path):
    shown = json.loads(program.run("show", model, "--json"))
    score = shown["scores"][0]
    matrix = shown["matrix"]
    weights = np.zeros(matrix["features"])
    for one in score["coefficients"]:
        weights[int(one["feature"]) - matrix["first_number"]] = one["coefficient"]
    return weights, score["intercept"], matrix["first_number"]


def agrees(program: Program, model: Path, path: Path, x) -> str:
    weights, intercept, _ = shown_model(program, model)
    rows = list(csv.DictReader(io.StringIO(program.run("predict", model, path))))
    if len(rows) != x.shape[0]:
        return f"{len(rows)} rows, scikit-learn has {x.shape[0]}"
    dense = np.zeros((x.shape[0], len(weights)))
    shared = min(x.shape[1], len(weights))
    dense[:, :shared] = x[:, :shared].toarray()
    if x.shape[1] > len(weights) and x[:, shared:].nnz:
        return f"{len(weights)} features, scikit-learn has {x.shape[1]}"
    wanted = dense @ weights + intercept
    got = np.array([float(row["prediction"]) for row in rows])
    size = np.abs(dense) @ np.abs(weights) + abs(intercept) + 1e-30
    worst = np.max(np.abs(got - wanted) / size)
    return "" if worst < 1e-12 else f"predictions differ by {worst}"


def judge(program: Program, path: Path, model: Path) -> tuple[str, str]:
    """What happened, and what is wrong with it."""
    theirs = reference(path)
    command = [program.binary, "train", str(path), "--task", "regression", "--precision", "double", "--standardize", "off"]
    command += ["--l2", "1", "--epochs", "1", "--optimizer", "sgd", "--learning-rate", "1e-30", "--out", str(model), "--log", "quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 5:
        said = done.stderr.strip().splitlines()[-1]
        if isinstance(theirs, str):
            return "refused by both", ""
        if "holds only" in said or "No column is left" in said:  # nothing to learn, though it was read
            return "nothing to learn", ""
        return "stricter", "" if any(rule in said for rule in STRICTER) else said
    if done.returncode not in (0, 4):  # 4: so small a step is said to have stalled, and the model is written
        return "ended", f"exit code {done.returncode}: {done.stderr}"
    if isinstance(theirs, str):
        return "looser", f"scikit-learn refuses: {theirs}"
    return "same", agrees(program, model, path, theirs[0])


def main() -> int:
    program, verdicts = Program(sys.argv[1]), Verdicts()
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory(prefix="fallline-") as folder:
        path, model = Path(folder) / "a.svm", Path(folder) / "a.onnx"
        for _ in range(files):
            write_file(rng, path)
            what, wrong = judge(program, path, model)
            counts[what] = counts.get(what, 0) + 1
            if wrong:
                verdicts.claim(False, f"{wrong}\n{path.read_text(encoding='utf-8')!r}")
    verdicts.claim(counts.get("same", 0) > files / 3, f"{files} random files: {counts}")
    return verdicts.done()


if __name__ == "__main__":
    sys.exit(main())
