# SPDX-License-Identifier: Apache-2.0
"""Does another runtime give the same answers from the same cells? onnx_parity.py FALLLINE

Trains on real tables, spoils cells of the rows held out (levels never seen, cells left empty), predicts them, and has
tests/onnx/check_onnx.py compare the predictions with those of onnxruntime for the same file. A table made up here adds what
these lack: free text, hashed categories, crosses and dates.
"""

import csv
import io
import json
import random
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


def is_date(cell: str) -> bool:
    return len(cell) == 10 and cell[4] == cell[7] == "-"


def spoiled(rows: list[list[str]], train: list[list[str]]) -> list[list[str]]:
    """In turn a row keeps its cells, loses one, or has a level that was never seen."""
    text = [any(cell and cell not in ("NA", "?") and not is_number(cell) for cell in column) for column in zip(*train, strict=True)]
    words = [i for i, is_text in enumerate(text) if is_text and not is_date(train[0][i])]
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


def reviews(rows: int) -> str:
    """Free text in several scripts, a city of many, a date, numbers with gaps, and two targets."""
    draw = random.Random(7)
    words = "good,great,fine,bad,awful,poor,Straße,ΣΟΦΌΣ,Москва,Ёлка,日本,film,plot;,actor,long,short,the,a,of"
    known = words.split(",")
    lines = ["review,city,day,age,sex,stars,liked"]
    for _ in range(rows):
        text = " ".join(draw.choice(known) for _ in range(draw.randint(0, 12))).capitalize()
        score = text.lower().count("good") + text.lower().count("great") - text.lower().count("bad") + draw.gauss(0, 1)
        age = draw.randint(18, 90) if draw.random() < 0.95 else ""
        city = f"c{draw.randint(1, 400)}" if draw.random() < 0.97 else ""
        day = f"20{draw.randint(10, 24)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
        cells = [f'"{text}"', city, day, str(age), draw.choice("mfx"), str(draw.randint(1, 5)), "yes" if score > 0 else "no"]
        lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def judge(program: Program, verdicts: Verdicts, here: Path, name: str, target: str, text: str, *options: str) -> None:
    head, *rows = [row for row in csv.reader(io.StringIO(text), skipinitialspace=True) if row]
    train, test = split_rows(rows)
    at = head.index(target)

    def without(row: list[str]) -> list[str]:
        return row[:at] + row[at + 1 :]

    data = write_table(here / f"{name}.csv", head, train)
    asked = write_table(here / f"{name}-asked.csv", without(head), spoiled([without(r) for r in test], [without(r) for r in train]))
    model, answers = here / f"{name}.onnx", here / f"{name}-predictions.csv"
    program.train(data, "--target", target, *options, out=model)
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
        activations = [entry["name"] for entry in json.loads(program.run("list", "activations", "--json"))["activations"]]
        for i, activation in enumerate(name for name in activations if name != "step"):
            network = ("--hidden", "12,7", "--activation", activation, "--normalization", ("none", "batch", "layer")[i % 3], "--epochs", "20")
            judge(program, verdicts, here, f"penguins {' '.join(network[3:6:2])}", "species", penguins, *network)
        made = reviews(1200)
        text = ("--text", "review", "--l2", "0.01")
        judge(program, verdicts, here, "hashed", "liked", made, *text, "--categories", "city=hash:8")
        tfidf = ("--text", "review:bits=12,weights=tfidf", "--categories", "city=hash:12", "--l2", "0.01")
        judge(program, verdicts, here, "crossed", "liked", made, *tfidf, "--cross", "age*sex,stars*age,day*stars", "--positive", "no")
        judge(program, verdicts, here, "stars", "stars", made, *tfidf, "--cross", "age*sex", "--task", "classification")
        judge(program, verdicts, here, "stars as numbers", "stars", made, *tfidf, "--cross", "age*age", "--task", "regression")
        network = ("--hidden", "16", "--epochs", "5", "--normalization", "batch")
        judge(program, verdicts, here, "crossed network", "liked", made, *tfidf, "--cross", "age*sex,stars*age", *network)
        judge(program, verdicts, here, "network of counts", "stars", made, "--ignore", "review", "--loss", "poisson", "--task", "regression", *network)
        if adult is not None:
            judge(program, verdicts, here, "adult network", "income", ADULT + "\n" + adult, "--hidden", "100")
            judge(program, verdicts, here, "adult", "income", ADULT + "\n" + adult)
        if housing is not None:
            judge(program, verdicts, here, "housing network", "median_house_value", housing, "--hidden", "64,32", "--activation", "gelu")
            judge(program, verdicts, here, "housing", "median_house_value", housing)
    return verdicts.done()


if __name__ == "__main__":
    sys.exit(main())
