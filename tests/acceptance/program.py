# SPDX-License-Identifier: Apache-2.0
"""The program as a user meets it: a command line in; exit code, files and JSON out. Needs only the standard library."""

import csv
import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"


class Program:
    """Runs one binary; a wrong exit code ends the script with what the program said."""

    def __init__(self, binary: str):
        self.binary = str(Path(binary).resolve())
        # A choice of BLAS kernel made for this machine is none a user has.
        self.environment = {k: v for k, v in os.environ.items() if k not in {"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"}}

    def run(self, *arguments, codes=(0,)) -> str:
        words = [self.binary, *map(str, arguments)]
        done = subprocess.run(words, capture_output=True, text=True, env=self.environment, stdin=subprocess.DEVNULL, check=False)
        if done.returncode not in codes:
            sys.exit(f"{' '.join(words)}\nended with {done.returncode}, not {codes}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    def seconds(self, *arguments, repeats=3, codes=(0,)) -> float:
        """The shortest wall time of the whole process over some repeats."""
        times = []
        for _ in range(repeats):
            begun = time.perf_counter()
            self.run(*arguments, codes=codes)
            times.append(time.perf_counter() - begun)
        return min(times)

    def train(self, data, *options, out, codes=(0,)) -> dict:
        return json.loads(self.run("train", data, *options, "--out", out, "--json", codes=codes))

    def predict(self, model, data, *options) -> list[dict]:
        return list(csv.DictReader(self.run("predict", model, data, *options).splitlines()))

    def evaluate(self, model, data, *options) -> dict:
        return json.loads(self.run("evaluate", model, data, *options, "--json"))

    def line(self, model, folder: Path, *, x0=0.0, x1=1.0) -> tuple[float, float]:
        """Slope and intercept of a model of one number, read off its predictions at two points."""
        points = folder / "points.csv"
        points.write_text(f"{x0!r}\n{x1!r}\n")
        y0, y1 = (float(row["prediction"]) for row in self.predict(model, points, "--no-header"))
        slope = (y1 - y0) / (x1 - x0)
        return slope, y0 - slope * x0


class Verdicts:
    """Claims, each checked and said aloud; the script ends with 1 where one did not hold."""

    def __init__(self):
        self.failed = 0

    def claim(self, holds: bool, text: str) -> None:
        self.failed += not holds
        print(f"{'ok  ' if holds else 'FAIL'}  {text}", flush=True)

    def note(self, text: str) -> None:
        print(f"      {text}", flush=True)

    def done(self) -> int:
        return 1 if self.failed else 0


def shared_text(name: str) -> str | None:
    """A file of the shared data, unpacked; None, said aloud, where this checkout has none beside it."""
    path = SHARED / name
    if not path.is_file():
        print(f"skip  {name}: no such file beside this checkout (../shared/data)", flush=True)
        return None
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


def split_rows(rows: list) -> tuple[list, list]:
    """Training and test rows: every fifth is held out."""
    return [row for i, row in enumerate(rows) if i % 5 != 4], [row for i, row in enumerate(rows) if i % 5 == 4]


def write_lines(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path
