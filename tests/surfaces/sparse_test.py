# SPDX-License-Identifier: Apache-2.0
"""Wide and sparse rows: indices up to 2^28, steps that touch few of many weights, models with exact zeros under L1."""

import json
import random

from surface import Surface, main

WIDEST = 2**28


class Sparse(Surface):
    def wide(self, name="wide.svm", count=600, widest=WIDEST - 1):
        """Rows of a telling feature out of ten and one each of many; the last row has the largest index."""
        random.seed(3)
        lines = []
        for _ in range(count):
            telling = random.randrange(1, 11)
            label = 1 if telling <= 5 else -1
            lines.append(f"{label:+d} {telling}:1 {random.randrange(1000, widest)}:{random.random():.3f}")
        lines.append(f"+1 1:1 {widest}:0.5")
        return self.write(name, "\n".join(lines) + "\n")

    def test_memory_and_model_follow_the_features_that_occur(self):
        self.wide()
        result = self.train_json("wide.svm", "--l2", "0.001")
        self.assertLessEqual(result["features"], 611)
        self.assertLess(result["peak_memory_bytes"], 300e6)
        self.assertLess((self.folder / "model.onnx").stat().st_size, 200e3)
        self.write("new.svm", f"0 1:1 77777:5\n0 {WIDEST}:1\n0 10:1 {WIDEST - 1}:0\n")
        said = self.fallline("predict", "model.onnx", "new.svm")
        self.assertEqual([line[:2] for line in said.stdout.splitlines()[1::2]], ["1,", "-1"])
        self.assertIn(f"index above {WIDEST - 1}", said.stderr)
        shown = json.loads(self.fallline("show", "model.onnx", "--json").stdout)
        self.assertIn(str(WIDEST - 1), {one["feature"] for one in shown["scores"][0]["coefficients"]})

    def test_sparse_steps_are_the_same_bytes_for_all_threads_and_after_an_end(self):
        self.wide()
        for optimizer in ("adagrad", "ftrl:l1=0.01", "lazy_adam"):
            options = ["wide.svm", "--optimizer", optimizer, "--learning-rate", "0.1", "--batch-size", "2"]
            models = set()
            for threads in ("1", "2", "3"):
                self.fallline("train", *options, "--epochs", "2", "--threads", threads)
                models.add((self.folder / "model.onnx").read_bytes())
            self.assertEqual(len(models), 1, optimizer)
            run = optimizer.split(":")[0]
            self.fallline("train", *options, "--epochs", "1", "--run", run)
            self.fallline("train", "--resume", run, "--epochs", "2")
            self.assertIn((self.folder / "model.onnx").read_bytes(), models, optimizer)

    def test_l1_gives_models_with_exact_zeros_and_says_how_many(self):
        random.seed(4)
        lines = []
        for _ in range(2000):
            columns = sorted(random.sample(range(1, 301), 12))
            score = sum(2 if c <= 5 else -2 if c <= 10 else 0 for c in columns) + random.gauss(0, 0.5)
            lines.append(f"{1 if score > 0 else -1:+d} " + " ".join(f"{c}:1" for c in columns))
        self.write("rows.svm", "\n".join(lines) + "\n")
        for options in (("adagrad", "--l1", "0.01"), ("ftrl:l1=4", "--batch-size", "8", "--learning-rate", "0.5")):
            result = self.train_json("rows.svm", "--epochs", "10", "--optimizer", *options)
            shown = json.loads(self.fallline("show", "model.onnx", "--json").stdout)
            weights = {one["feature"]: one["coefficient"] for one in shown["scores"][0]["coefficients"]}
            zeros = sum(weight == 0 for weight in weights.values())
            self.assertEqual(result["zero_weights"], zeros)
            self.assertGreater(zeros, 140, options)
            self.assertTrue(all(weights[str(c)] != 0 for c in range(1, 11)), options)
            said = self.fallline("train", "rows.svm", "--epochs", "10", "--optimizer", *options)
            self.assertIn(f"{zeros} of 300 are exactly 0", said.stdout)


if __name__ == "__main__":
    main()
