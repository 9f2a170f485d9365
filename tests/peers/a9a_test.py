# SPDX-License-Identifier: Apache-2.0
"""svrg, saga and sag on L2-regularised logistic regression over a9a: linear convergence to 1e-10 of the optimum that l-bfgs finds.

a9a_test.py PROGRAM DATA.gz. Ends with 77 (skipped) where the data is missing.
"""

import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

COLUMNS = 123
L2 = "0.0001"
METHODS = {"svrg": 400, "saga": 200, "sag": 200}
FACTOR = 0.5  # of the gap at a quarter of the epochs, that may be left at half of them


def write_csv(data: Path, to: Path) -> None:
    """LIBSVM's form as columns f1 ... f123 and the class."""
    with gzip.open(data, "rt") as lines, to.open("w") as out:
        out.write(",".join(f"f{j}" for j in range(1, COLUMNS + 1)) + ",label\n")
        for line in lines:
            label, *entries = line.split()
            row = ["0"] * COLUMNS
            for entry in entries:
                column, value = entry.split(":")
                row[int(column) - 1] = value
            out.write(",".join(row) + f",{label}\n")


def train(program: str, csv: Path, optimizer: str, *options: str) -> dict:
    command = [program, "train", str(csv), "--target", "label", "--optimizer", optimizer, "--l2", L2, "--precision", "double"]
    command += ["--standardize", "off", "--out", str(csv.with_suffix(".onnx")), "--log", "quiet", "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{optimizer} ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def gaps(program: str, csv: Path, optimizer: str, epochs: int, optimum: float) -> list[float]:
    """How far the objective is above the optimum after a quarter, half and all of the epochs."""
    ends = [train(program, csv, optimizer, "--epochs", str(n), "--tolerance", "1e-12") for n in (epochs // 4, epochs // 2, epochs)]
    return [end["objective"] - optimum for end in ends]


def main() -> int:
    program, data = sys.argv[1], Path(sys.argv[2])
    if not data.exists():
        print(f"skipped: {data} is missing")
        return 77
    with tempfile.TemporaryDirectory() as folder:
        csv = Path(folder) / "a9a.csv"
        write_csv(data, csv)
        optimum = train(program, csv, "l-bfgs", "--tolerance", "1e-11")["objective"]
        failures = 0
        for optimizer, epochs in METHODS.items():
            quarter, half, end = gaps(program, csv, optimizer, epochs, optimum)
            well = abs(end) <= 1e-10 and half <= FACTOR * quarter
            failures += not well
            print(f"{'pass' if well else 'FAIL'} {optimizer}: above the optimum by {quarter:.2e}, {half:.2e}, {end:.2e}")
        return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
