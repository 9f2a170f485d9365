# SPDX-License-Identifier: Apache-2.0
"""Does another runtime give the answers that `fallline predict` wrote?

    check_onnx.py MODEL.onnx DATA.csv PREDICTIONS.csv

Feeds the cells of DATA.csv to onnxruntime and compares with PREDICTIONS.csv (columns `prediction`, or `prediction_TARGET` of several, and,
for classes, `p_CLASS`). Knows the model by its ONNX inputs and outputs alone. Exit code 0 and `ok`, or 1 and what differs.
"""

import argparse
import datetime
import re
import sys

import numpy as np
import onnx
import onnxruntime
import pandas as pd
from hashing import bucket, counts

NUMBERS = {"tensor(float)": np.float32, "tensor(double)": np.float64}


def read_cells(path, options):
    """Every cell as the text that stands in the file, without blanks around it."""
    cells = pd.read_csv(
        path,
        dtype=str,
        keep_default_na=False,
        na_filter=False,
        sep=options.delimiter,
        skipinitialspace=True,
        header=None if options.names else 0,
        names=options.names.split(",") if options.names else None,
        index_col=False,
    )
    cells.columns = [str(name).strip(" \t") for name in cells.columns]
    return cells.apply(lambda column: column.str.strip(" \t"))


def numbers(column, missing, dtype):
    return np.array([np.nan if cell in missing else float(cell) for cell in column], dtype=np.float64).astype(dtype)


def times(column, missing, unit, dtype):
    """Dates and times as numbers in the unit that the input's doc_string tells."""
    per = 86400 if unit.startswith("days") else 1

    def number(cell):
        moment = datetime.datetime.fromisoformat(cell)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)
        return moment.timestamp() / per

    return np.array([np.nan if cell in missing else number(cell) for cell in column], dtype=np.float64).astype(dtype)


def hashed(name, cells, missing, buckets):
    """The arrays of a hashed column: `COL bucket` of whole cells, `COL buckets` and `COL counts` of free text."""
    column = name[: name.rindex(" ")]
    if name.endswith(" bucket"):
        return {name: np.array([[buckets if cell in missing else bucket(cell, buckets)] for cell in cells[column]], dtype=np.int64)}
    rows = [{buckets: 1} if cell in missing else counts(cell, buckets) for cell in cells[column]]
    widest = max([1, *map(len, rows)])
    at = np.array([list(row) + [0] * (widest - len(row)) for row in rows], dtype=np.int64)
    hits = np.array([list(row.values()) + [0] * (widest - len(row)) for row in rows], dtype=np.float32)
    return {name: at, column + " counts": hits}


def feeds(session, docs, cells, options):
    """One array for each input, [rows, 1]; an input of more columns takes the number columns that no other input takes."""
    missing = set(options.missing.split(","))
    inputs = [i for i in session.get_inputs() if i.name in cells.columns or not i.name.endswith(" counts")]
    named = {i.name for i in inputs if i.name in cells.columns}
    rest = [name for name in cells.columns if name not in named and name not in options.ignore.split(",")]
    fed = {}
    for i in inputs:
        if i.name in named and i.shape[1] == 1:
            column = cells[i.name]
            if " since " in docs[i.name]:
                fed[i.name] = times(column, missing, docs[i.name], NUMBERS[i.type]).reshape(-1, 1)
            elif i.type == "tensor(string)":
                fed[i.name] = column.to_numpy(dtype=object).reshape(-1, 1)
            else:
                fed[i.name] = numbers(column, missing, NUMBERS[i.type]).reshape(-1, 1)
        elif size := re.search(r"in \[0, (\d+)\)", docs[i.name]):
            fed |= hashed(i.name, cells, missing, int(size[1]))
        elif i.type in NUMBERS and i.shape[1] == len(rest):
            fed[i.name] = np.stack([numbers(cells[name], missing, NUMBERS[i.type]) for name in rest], axis=1)
        else:
            sys.exit(f"no column for the input {i.name} of shape {i.shape}")
    return fed


def run_in_blocks(session, fed, rows):
    """Outputs of all rows, by the name before any `_` that keeps it apart from a column; in blocks of an odd size, since answers must
    not depend on how rows are batched."""
    names = [o.name for o in session.get_outputs()]
    parts = []
    for first in range(0, rows, 4099):
        parts.append(session.run(names, {name: values[first : first + 4099] for name, values in fed.items()}))
    return {name.rstrip("_"): np.concatenate([part[i] for part in parts]) for i, name in enumerate(names)}


def compare_values(outputs, told, tolerance):
    """Worst difference of a regression beside the spread of the predictions or the value's own size."""
    ours = told[[name for name in told.columns if name.startswith("prediction")]].astype(float).to_numpy()
    theirs = outputs["prediction"].astype(float)
    if ours.shape != theirs.shape:
        print(f"prediction: {theirs.shape[1]} targets in the model, {ours.shape[1]} in the predictions")
        return False
    size = np.maximum(np.abs(ours), np.std(ours, axis=0))
    worst = np.max(np.abs(ours - theirs) / np.where(size > 0, size, 1), initial=0)
    print(f"prediction: worst relative difference {worst:.3g} over {len(ours)} rows")
    return bool(worst <= tolerance)


def same_class(ours, theirs):
    if theirs.dtype.kind in "iuf":
        return ours.astype(float).to_numpy() == theirs.astype(float)
    return ours.to_numpy() == theirs.astype(str)


def compare_classes(outputs, told, tolerance):
    """Probabilities, then classes: they may differ only where the two best scores are as good as equal."""
    good = True
    columns = [name for name in told.columns if name.startswith("p_")]
    if "probabilities" in outputs:
        margins = outputs["probabilities"]
        if margins.shape[1] != len(columns):
            print(f"probabilities: {margins.shape[1]} classes in the model, {len(columns)} in the predictions")
            return False
        worst = np.max(np.abs(told[columns].astype(float).to_numpy() - margins), initial=0)
        print(f"probabilities: worst difference {worst:.3g} over {margins.shape[0]} rows")
        good = bool(worst <= tolerance)
    else:
        scores = outputs["scores"]
        margins = scores if scores.shape[1] > 1 else np.concatenate([-scores / 2, scores / 2], axis=1)
    best = np.sort(margins, axis=1)[:, -2:]
    tied = best[:, 1] - best[:, 0] <= 10 * tolerance * np.maximum(1, np.abs(best[:, 1]))
    differ = ~same_class(told["prediction"], outputs["prediction"])
    print(f"classes: {np.sum(differ)} of {len(differ)} differ, {np.sum(differ & tied)} of them where two classes are as good as equal")
    return good and not np.any(differ & ~tied)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("predictions")
    parser.add_argument("--missing", default=",NA,NaN,null,?", help="texts that mean a missing number; the empty one may stand among them")
    parser.add_argument("--ignore", default="", help="columns that are no input, for a model with one matrix input: A,B")
    parser.add_argument("--names", default="", help="names of the columns of a file without a header: A,B")
    parser.add_argument("--delimiter", default=",")
    parser.add_argument("--tolerance", type=float, default=1e-6)
    options = parser.parse_args()

    model = onnx.load(options.model)
    onnx.checker.check_model(model, full_check=True)
    docs = {i.name: i.doc_string for i in model.graph.input}
    quiet = onnxruntime.SessionOptions()
    quiet.log_severity_level = 3
    session = onnxruntime.InferenceSession(options.model, quiet, providers=["CPUExecutionProvider"])
    cells = read_cells(options.data, options)
    outputs = run_in_blocks(session, feeds(session, docs, cells, options), len(cells))
    told = pd.read_csv(options.predictions, dtype=str, keep_default_na=False, na_filter=False)
    if len(told) != len(cells):
        sys.exit(f"{len(cells)} rows of data, {len(told)} predictions")
    classes = "probabilities" in outputs or "scores" in outputs
    good = (compare_classes if classes else compare_values)(outputs, told, options.tolerance)
    print("ok" if good else "NOT the same")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
