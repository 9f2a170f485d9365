# SPDX-License-Identifier: Apache-2.0
"""examples/10_dropout_networks.py runs without data and draws what its runs said."""

import csv
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from surface import Surface, main

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "10_dropout_networks.py"
RULES = ["adagrad", "rmsprop", "nesterov", "adadelta", "adam"]


class DropoutExperiment(Surface):
    def experiment(self, *words):
        given = ["--fallline", self.binary, "--data", self.folder / "none", "--hidden", "16,16", "--out", self.folder / "figure", *words]
        done = subprocess.run([sys.executable, SCRIPT, *map(str, given)], capture_output=True, text=True, timeout=100, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_five_rules_one_figure(self):
        told = self.experiment("--epochs", 3)
        self.assertIn("No Fashion-MNIST at", told)
        with open(self.folder / "figure" / "10_dropout_networks.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([(row["rule"], row["epoch"]) for row in rows], [(rule, str(k)) for rule in RULES for k in (1, 2, 3)])
        losses = {rule: [float(row["train_loss"]) for row in rows if row["rule"] == rule] for rule in RULES}
        for rule, of_rule in losses.items():
            self.assertLess(of_rule[-1], of_rule[0], rule)
        svg = ElementTree.parse(self.folder / "figure" / "10_dropout_networks.svg").getroot()
        lines = svg.findall("{http://www.w3.org/2000/svg}polyline")
        self.assertEqual([len(line.get("points").split()) for line in lines], [3] * 5)
        text = " ".join(" ".join(svg.itertext()).split())
        for name, rule in zip(("AdaGrad", "RMSProp", "SGD Nesterov", "AdaDelta", "Adam"), RULES, strict=True):
            self.assertIn(f"{name} {losses[rule][-1]:.3f}", text)
        self.assertIn("log scale", text)

    def test_one_epoch_is_a_figure_too(self):
        self.experiment("--epochs", 1)
        ElementTree.parse(self.folder / "figure" / "10_dropout_networks.svg")


if __name__ == "__main__":
    main()
