# SPDX-License-Identifier: Apache-2.0
"""Are the bytes the same for any number of threads, and is the time well spent? speed.py FALLLINE"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
from program import ROOT, Program, Verdicts

START_AT_MOST = 0.3


def numbers(path: Path, rows: int, columns: int, seed: int) -> Path:
    """A table of gaussian numbers with 6 digits and a noisy linear target y, written block by block."""
    print(f"      writing {rows:,} x {columns} numbers", flush=True)
    random = np.random.default_rng(seed)
    weights = random.normal(size=columns)
    schema = pa.schema([(f"x{i}", pa.float64()) for i in range(columns)] + [("y", pa.float64())])
    with pyarrow.csv.CSVWriter(path, schema, write_options=pyarrow.csv.WriteOptions(quoting_style="none")) as writer:
        for start in range(0, rows, 50_000):
            x = random.normal(size=(min(50_000, rows - start), columns)).round(6)
            y = (x @ weights + random.normal(size=len(x))).round(6)
            writer.write(pa.record_batch([*map(pa.array, x.T), pa.array(y)], schema=schema))
    return path


def same_bytes(program: Program, verdicts: Verdicts, here: Path) -> None:
    data = numbers(here / "threads.csv", 20_000, 30, seed=1)
    for options in ((), ("--optimizer", "adam", "--epochs", "3"), ("--optimizer", "sgd", "--epochs", "2", "--batch-size", "1000")):
        models = []
        for threads in (1, 2, 3):
            model = here / f"threads{threads}.onnx"
            program.run("train", data, "--target", "y", *options, "--threads", threads, "--out", model)
            models.append(model.read_bytes())
        verdicts.claim(models[0] == models[1] == models[2], f"1, 2 and 3 threads write the same model: {' '.join(options) or 'defaults'}")


def two_threads(program: Program, verdicts: Verdicts, here: Path) -> None:
    data = numbers(here / "large.csv", 400_000, 100, seed=2)
    models, times = [], []
    for threads in (1, 2):
        model = here / f"large{threads}.onnx"
        times.append(program.seconds("train", data, "--target", "y", "--threads", threads, "--out", model, repeats=2))
        models.append(model.read_bytes())
    verdicts.claim(models[0] == models[1], "400,000 x 100: 1 and 2 threads write the same model")
    verdicts.note(
        f"400,000 x 100: {times[0]:.2f} s on one thread, {times[1]:.2f} s on two: {times[0] / times[1]:.2f} x ({os.cpu_count()} cores)"
    )
    data.unlink()


def arrow_seconds(path: Path, repeats=3) -> float:
    def once() -> float:
        begun = time.perf_counter()
        with pyarrow.csv.open_csv(path) as reader:
            for _ in reader:
                pass
        return time.perf_counter() - begun

    return min(once() for _ in range(repeats))


def reading(program: Program, verdicts: Verdicts, here: Path) -> None:
    data = numbers(here / "wide.csv", 280_000, 40, seed=3)
    size = data.stat().st_size / 1e6
    arrow = arrow_seconds(data)
    ours = program.seconds("train", data, "--target", "y", "--epochs", 1, "--out", here / "wide.onnx", codes=(0, 4))
    verdicts.note(
        f"{size:.0f} MB of CSV: train --epochs 1 takes {ours:.2f} s ({size / ours:.0f} MB/s), "
        f"Arrow only reads it in {arrow:.2f} s ({size / arrow:.0f} MB/s): {ours / arrow:.2f} x"
    )


def small(program: Program, verdicts: Verdicts, here: Path) -> None:
    data = ROOT / "tests" / "data" / "seed-regression.csv"
    seconds = program.seconds("train", data, "--no-header", "--target", "@1", "--out", here / "small.onnx", repeats=5)
    verdicts.claim(seconds < START_AT_MOST, f"100 rows: {seconds:.3f} s in all (below {START_AT_MOST:g})")


def main() -> int:
    program, verdicts = Program(sys.argv[1]), Verdicts()
    with tempfile.TemporaryDirectory() as folder:
        for judge in (small, same_bytes, reading, two_threads):
            judge(program, verdicts, Path(folder))
    return verdicts.done()


if __name__ == "__main__":
    sys.exit(main())
