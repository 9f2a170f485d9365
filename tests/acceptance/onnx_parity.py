# SPDX-License-Identifier: Apache-2.0
"""Does another runtime give the same answers from the same cells? onnx_parity.py FALLLINE

Trains on real tables, spoils cells of the rows held out (levels never seen, cells left empty), predicts them, and has
tests/onnx/check_onnx.py compare the predictions with those of onnxruntime for the same file.
"""

import csv
import io
import subprocess
import sys
import tempfile
from pathlib import Path

from program import ROOT, Program, Verdicts, shared_text, split_rows

ADULT = (
    "age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,"
    "capital-gain,capital-loss,hours-per-week,native-country,income"
)


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def spoiled(rows: list[list[str]], train: list[list[str]]) -> list[list[str]]:
    """In turn a row keeps its cells, loses one, or has a level that was never seen."""
    text = [any(cell and cell not in ("NA", "?") and not is_number(cell) for cell in column) for column in zip(*train, strict=True)]
    words = [i for i, is_text in enumerate(text) if is_text]
    changed = []
    for i, row in enumerate(rows):
        cells = list(row)
        if i % 3 == 1:
            cells[i // 3 % len(cells)] = ""
        elif i % 3 == 2:
            cells[words[i // 3 % len(words)]] = "never seen"
        changed.append(cells)
    return changed


def write_table(path: Path, head: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
    return path


def judge(program: Program, verdicts: Verdicts, here: Path, name: str, target: str, text: str) -> None:
    head, *rows = [row for row in csv.reader(io.StringIO(text), skipinitialspace=True) if row]
    train, test = split_rows(rows)
    at = head.index(target)

    def without(row: list[str]) -> list[str]:
        return row[:at] + row[at + 1 :]

    data = write_table(here / f"{name}.csv", head, train)
    asked = write_table(here / f"{name}-asked.csv", without(head), spoiled([without(r) for r in test], [without(r) for r in train]))
    model, answers = here / f"{name}.onnx", here / f"{name}-predictions.csv"
    program.train(data, "--target", target, out=model)
    program.run("predict", model, asked, "--out", answers)
    checker = [sys.executable, str(ROOT / "tests" / "onnx" / "check_onnx.py"), str(model), str(asked), str(answers)]
    done = subprocess.run(checker, capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).strip().splitlines()
    verdicts.claim(done.returncode == 0, f"{name}: onnxruntime agrees on {len(test)} rows with spoiled cells")
    for line in said[-10:]:
        verdicts.note(line)


def main() -> int:
    program, verdicts = Program(sys.argv[1]), Verdicts()
    adult, housing = shared_text("adult/adult.data.gz"), shared_text("california-housing/housing.csv.gz")
    penguins = (ROOT / "examples" / "data" / "penguins.csv").read_text()
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        judge(program, verdicts, here, "penguins", "species", penguins)
        if adult is not None:
            judge(program, verdicts, here, "adult", "income", ADULT + "\n" + adult)
        if housing is not None:
            judge(program, verdicts, here, "housing", "median_house_value", housing)
    return verdicts.done()


if __name__ == "__main__":
    sys.exit(main())
