# SPDX-License-Identifier: Apache-2.0
"""Networks as a user meets them: options, the summary, show, predict, evaluate, and what is refused."""

import csv
import io
import json
import math
import random

from surface import DATA, Surface, main

PENGUINS = DATA.parents[1] / "examples" / "data" / "penguins.csv"


class Networks(Surface):
    def rings(self, rows=400):
        """Two classes that no line parts: inside and outside a ring."""
        draw = random.Random(3)
        lines = ["a,b,where"]
        for _ in range(rows):
            a, b = draw.gauss(0, 1), draw.gauss(0, 1)
            lines.append(f"{a:.4f},{b:.4f},{'in' if math.hypot(a, b) < 1.2 else 'out'}")
        return self.write("rings.csv", "\n".join(lines) + "\n")

    def train(self, data, *options, out="net.onnx", code=0):
        done = self.fallline("train", data, *options, "--out", self.folder / out, "--json", code=code)
        return json.loads(done.stdout)

    def test_hidden_layers_part_what_no_line_parts(self):
        data = self.rings()
        self.train(data, "--target", "where", "--hidden", "16")
        told = json.loads(self.fallline("evaluate", self.folder / "net.onnx", data, "--json").stdout)
        self.assertGreater(told["accuracy"], 0.95)
        self.train(data, "--target", "where", out="line.onnx")
        straight = json.loads(self.fallline("evaluate", self.folder / "line.onnx", data, "--json").stdout)
        self.assertLess(straight["accuracy"], 0.7)

    def test_parameters_are_counted(self):
        told = self.train(self.rings(), "--target", "where", "--hidden", "5,3", "--normalization", "layer", "--epochs", "1")
        self.assertEqual(told["parameters"], (2 * 5 + 5 + 10) + (5 * 3 + 3 + 6) + (3 + 1))

    def test_probabilities_of_three_classes_add_up(self):
        self.train(PENGUINS, "--target", "species", "--hidden", "8", "--dropout", "0.2", "--epochs", "5")
        rows = list(csv.DictReader(io.StringIO(self.fallline("predict", self.folder / "net.onnx", PENGUINS).stdout)))
        self.assertEqual(len(rows), 344)
        for row in rows[:20]:
            self.assertAlmostEqual(sum(float(v) for k, v in row.items() if k.startswith("p_")), 1, places=5)

    def test_the_same_command_gives_the_same_bytes(self):
        options = ("--target", "where", "--hidden", "12,12", "--normalization", "batch", "--dropout", "0.3", "--epochs", "3")
        data = self.rings()
        for name, more in (("a.onnx", ("--threads", "1")), ("b.onnx", ("--threads", "2")), ("c.onnx", ("--seed", "1"))):
            self.train(data, *options, *more, out=name)
        bytes_of = {name: (self.folder / name).read_bytes() for name in ("a.onnx", "b.onnx", "c.onnx")}
        self.assertEqual(bytes_of["a.onnx"], bytes_of["b.onnx"])
        self.assertNotEqual(bytes_of["a.onnx"], bytes_of["c.onnx"])

    def test_show_tells_the_layers(self):
        self.train(self.rings(), "--target", "where", "--hidden", "5,3", "--activation", "elu:alpha=0.5", "--epochs", "1")
        text = self.fallline("show", self.folder / "net.onnx").stdout
        self.assertIn("elu:alpha=0.5", text)
        layers = json.loads(self.fallline("show", self.folder / "net.onnx", "--json").stdout)["layers"]
        self.assertEqual([(layer["inputs"], layer["units"]) for layer in layers], [(2, 5), (5, 3), (3, 1)])
        self.assertIn("--json", self.refused(2, "show", self.folder / "net.onnx", "--csv"))

    def test_mlp_without_widths_has_a_hidden_layer(self):
        told = self.train(self.rings(), "--target", "where", "--model", "mlp", "--epochs", "1")
        self.assertEqual(told["parameters"], 2 * 100 + 100 + 100 + 1)

    def test_step_without_hidden_layers_is_the_classic_perceptron(self):
        self.train(self.rings(), "--target", "where", "--activation", "step")
        self.assertEqual(json.loads(self.fallline("show", self.folder / "net.onnx", "--json").stdout)["model"], "perceptron")

    def test_options_stand_in_a_config_file(self):
        config = self.write("net.json", '{"hidden": [6, 4], "activation": "tanh", "epochs": 1, "init": "orthogonal"}')
        told = self.train(self.rings(), "--target", "where", "--config", config)
        self.assertEqual(told["parameters"], 2 * 6 + 6 + 6 * 4 + 4 + 4 + 1)

    def test_what_makes_no_sense_is_refused_with_a_way_out(self):
        data = self.rings(20)
        for options, said in (
            (("--hidden", "0"), "128,64"),
            (("--hidden", "ten"), "128,64"),
            (("--hidden", "4", "--activation", "rely"), "'relu'"),
            (("--hidden", "4", "--activation", "step"), "--model perceptron"),
            (("--hidden", "4", "--init", "he"), "he_normal"),
            (("--hidden", "4", "--dropout", "1"), "[0, 1)"),
            (("--hidden", "4", "--normalization", "both"), "batch"),
            (("--hidden", "4", "--model", "logistic"), "no hidden layers"),
            (("--hidden", "4", "--optimizer", "saga"), "adam"),
            (("--dropout", "0.5"), "--hidden"),
        ):
            with self.subTest(options=options):
                self.assertIn(said, self.refused(2, "train", data, "--target", "where", *options))

    def test_a_rate_far_too_large_is_told_and_nothing_is_written(self):
        words = ("--hidden", "8", "--optimizer", "sgd", "--learning-rate", "1e8", "--out", self.folder / "net.onnx")
        done = self.fallline("train", self.rings(), "--target", "where", *words, code=(3, 4))
        self.assertRegex(done.stdout, "Diverged|Stalled")
        if done.returncode == 3:
            self.assertFalse((self.folder / "net.onnx").exists())


if __name__ == "__main__":
    main()
