# SPDX-License-Identifier: Apache-2.0
"""The same table is the same model file: whatever the threads, the format, the folder; and on a pinned instruction set."""

import json
import random
import re

from formats_test import FORMATS, PETS, Formats, idx, npy
from surface import main

THREADS = (1, 2, 3, 8)
PLACES = ("north", "east", "south")
MODELS = {
    "linear": ("--target", "size"),
    "logistic": ("--target", "kind"),
    "softmax": ("--target", "place"),
    "network": ("--target", "place", "--hidden", "16,8", "--epochs", 3),
}


class SameBytes(Formats):
    def table(self, rows=4000):
        """Numbers, a column of words, and three things to tell from them."""
        draw = random.Random(17)
        lines = ["a,b,word,size,kind,place"]
        for _ in range(rows):
            a, b, word = draw.gauss(0, 1), draw.gauss(0, 2), draw.choice(("red", "green", "blue", "grey"))
            size = 2 * a - b + len(word) + draw.gauss(0, 0.5)
            kind, place = "big" if size > 4 else "small", PLACES[int(abs(size)) % 3]
            lines.append(f"{a:.5f},{b:.5f},{word},{size:.5f},{kind},{place}")
        return self.write("table.csv", "\n".join(lines) + "\n")

    def options(self, model):
        target = MODELS[model]
        return (*target, "--ignore", ",".join({"size", "kind", "place"} - {target[1]}))

    def test_threads(self):
        table = self.table()
        for model in MODELS:
            for how in ((), ("--optimizer", "adam", "--epochs", 2), ("--optimizer", "sgd", "--epochs", 2, "--batch-size", 1000)):
                files = {self.model(table, *self.options(model), *how, "--threads", threads) for threads in THREADS}
                self.assertEqual(len(files), 1, f"{model} {how}")

    def test_threads_on_sparse_text(self):
        draw = random.Random(5)
        rows = []
        for _ in range(9000):
            columns = sorted(draw.sample(range(1, 400), 8))
            rows.append(f"{1 if columns[0] < 30 else -1} " + " ".join(f"{c}:{draw.gauss(0, 1):.4f}" for c in columns))
        data = self.write("wide.libsvm", "\n".join(rows) + "\n")
        for how in ((), ("--optimizer", "adagrad", "--epochs", 2), ("--optimizer", "saga", "--epochs", 2)):
            files = {self.model(data, *how, "--threads", threads) for threads in THREADS}
            self.assertEqual(len(files), 1, how)

    def test_arrays_give_one_model_on_any_number_of_threads_and_it_is_that_of_the_csv_file(self):
        pixels, labels, text = self.digits()
        self.model(self.write("digits.csv", text), "--target", "label")
        predicted = self.fallline("predict", "model.onnx", "digits.csv").stdout
        self.put("x.npy", npy("<f8", (12, 6), pixels))
        self.put("y.npy", npy("<i8", (12,), labels))
        self.put("x.idx", idx(8, (12, 2, 3), pixels))
        self.put("y.idx", idx(8, (12,), labels))
        files = {self.model(f"x.{name}", "--labels", f"y.{name}", "--threads", n) for name in ("npy", "idx") for n in THREADS}
        self.assertEqual(len(files), 1)  # not that of the CSV file: its graph takes one matrix, not columns by name
        self.assertEqual(self.fallline("predict", "model.onnx", "x.npy").stdout, predicted)

    def test_parquet_and_arrow_give_the_model_of_the_csv_file_on_any_number_of_threads(self):
        self.arrow()
        expected = self.model(PETS, "--target", "pet")
        for threads in THREADS:
            for name in ("pets.parquet", "pets.arrow"):
                self.assertEqual(self.model(FORMATS / name, "--target", "pet", "--threads", threads), expected, name)

    def test_a_pinned_instruction_set_gives_the_same_bytes_and_other_sets_nearly_the_same_model(self):
        table = self.table(rows=1000)
        said = self.refused(2, "train", table, "--target", "size", env={"FALLLINE_ISA": "sse9"})
        self.assertIn("FALLLINE_ISA is 'sse9'", said)
        sets = re.search(r"one of ([a-z0-9, ]+);", said)[1].split(", ")
        self.assertEqual(sets[-1], "baseline")
        for model in MODELS:
            scores = []
            for name in sets:
                files = {self.model(table, *self.options(model), "--threads", n, env={"FALLLINE_ISA": name}) for n in (1, 2)}
                self.assertEqual(len(files), 1, f"{model} on {name}")
                told = json.loads(self.fallline("evaluate", "model.onnx", table, "--json").stdout)
                scores.append(told.get("log_loss") or told["rmse"])
            for score in scores:
                self.assertAlmostEqual(score / scores[-1], 1, delta=1e-2 if model == "network" else 1e-4, msg=model)

    def test_a_run_goes_on_with_the_kernels_it_was_begun_with(self):
        how = ("--optimizer", "adam", "--epochs", 2, "--run", "run")
        self.fallline("train", self.table(rows=300), *self.options("linear"), *how, env={"FALLLINE_ISA": "baseline"})
        said = self.refused(2, "train", "--resume", "run", "--epochs", 3)
        self.assertIn("instruction set baseline", said)
        self.assertIn("FALLLINE_ISA", said)
        self.fallline("train", "--resume", "run", "--epochs", 3, env={"FALLLINE_ISA": "baseline"})


if __name__ == "__main__":
    main()
