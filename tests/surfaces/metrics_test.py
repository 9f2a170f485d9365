# SPDX-License-Identifier: Apache-2.0
"""What evaluate says beside the plain metrics, each worked out once more from the predictions."""

import csv
import json
import statistics

from surface import SEED, Surface, main


class Metrics(Surface):
    def evaluated(self, *words):
        return json.loads(self.fallline("evaluate", "model.onnx", *words, "--json").stdout)

    def predictions(self, *words):
        return list(csv.DictReader(self.fallline("predict", "model.onnx", *words).stdout.splitlines()))

    def flowers(self):
        """Three classes of two numbers that overlap."""
        lines = ["length,width,kind"]
        for i in range(90):
            kind = i % 3
            lines.append(f"{kind + (i * 37 % 23) / 10},{2 - kind + (i * 53 % 19) / 8},{('iris', 'rose', 'tulip')[kind]}")
        path = self.write("flowers.csv", "\n".join(lines) + "\n")
        self.fallline("train", path, "--target", "kind")
        return path, [line.rsplit(",", 1)[1] for line in lines[1:]]

    def test_each_class_is_reported(self):
        path, truth = self.flowers()
        guess = [row["prediction"] for row in self.predictions(path)]
        for report in self.evaluated(path)["per_class"]:
            name = report["class"]
            right = sum(t == g == name for t, g in zip(truth, guess, strict=True))
            self.assertEqual(report["support"], truth.count(name))
            self.assertAlmostEqual(report["precision"], right / guess.count(name), places=12)
            self.assertAlmostEqual(report["recall"], right / truth.count(name), places=12)
            self.assertAlmostEqual(report["f1"], 2 * right / (truth.count(name) + guess.count(name)), places=12)

    def test_area_of_several_classes_is_that_of_each_against_the_rest(self):
        path, truth = self.flowers()
        rows = self.predictions(path)
        areas = []
        for name in sorted(set(truth)):
            inside = [float(row["p_" + name]) for row, t in zip(rows, truth, strict=True) if t == name]
            outside = [float(row["p_" + name]) for row, t in zip(rows, truth, strict=True) if t != name]
            areas.append(sum((p > q) + (p == q) / 2 for p in inside for q in outside) / len(inside) / len(outside))
        metrics = self.evaluated(path)
        self.assertAlmostEqual(metrics["auc_ovr"], statistics.mean(areas), places=3)
        self.assertAlmostEqual(metrics["auc_ovr_weighted"], statistics.mean(areas), places=3)  # 30 rows of each
        self.assertNotIn("auc", metrics)

    def test_calibration_bins_hold_all_rows_and_their_shares(self):
        pets = self.two_classes()
        self.fallline("train", pets, "--target", "pet")
        truth = [line.rsplit(",", 1)[1] for line in pets.read_text().split()[1:]]
        probability = [float(row["p_dog"]) for row in self.predictions(pets)]
        calibration = self.evaluated(pets)["calibration"]
        self.assertEqual(calibration["probability_of"], "dog")
        error = 0
        for part in calibration["bins"]:
            own = [i for i, p in enumerate(probability) if part["from"] <= p < part["to"] or (p == 1 and part["to"] == 1)]
            self.assertEqual(part["rows"], len(own))
            predicted, observed = (
                statistics.mean(values) for values in zip(*((probability[i], truth[i] == "dog") for i in own), strict=True)
            )
            self.assertAlmostEqual(part["predicted"], predicted, places=5)
            self.assertAlmostEqual(part["observed"], observed, places=12)
            error += abs(predicted - observed) * len(own) / 60
        self.assertEqual(sum(part["rows"] for part in calibration["bins"]), 60)
        self.assertAlmostEqual(calibration["error"], error, places=5)

    def test_residuals_are_told_by_quantiles(self):
        self.fallline("train", SEED, "--no-header", "--target", "@1")
        y = [float(line.split(",")[1]) for line in SEED.read_text().split()]
        predicted = [float(row["prediction"]) for row in self.predictions(SEED, "--no-header")]
        residuals = sorted(a - b for a, b in zip(y, predicted, strict=True))
        told = self.evaluated(SEED, "--no-header")["residuals"]
        self.assertEqual(list(told), ["min", "p5", "p25", "median", "p75", "p95", "max"])
        percentiles = statistics.quantiles(residuals, n=20, method="inclusive")
        expected = [residuals[0], percentiles[0], percentiles[4], percentiles[9], percentiles[14], percentiles[18], residuals[-1]]
        for value, wanted in zip(told.values(), expected, strict=True):
            self.assertAlmostEqual(value, wanted, places=3)

    def test_bootstrap_gives_the_same_intervals_for_any_threads(self):
        self.fallline("train", SEED, "--no-header", "--target", "@1")
        words = (SEED, "--no-header", "--bootstrap", "300")
        one, two = (self.evaluated(*words, "--threads", threads) for threads in (1, 2))
        self.assertEqual(one, two)
        self.assertNotEqual(one["intervals"], self.evaluated(*words, "--seed", "1")["intervals"])
        for name, interval in one["intervals"].items():
            self.assertLess(interval["low"], one[name])
            self.assertGreater(interval["high"], one[name])
        self.assertIn("95% interval", self.fallline("evaluate", "model.onnx", *words).stdout)
        self.assertIn("--bootstrap", self.refused(2, "evaluate", "model.onnx", SEED, "--no-header", "--bootstrap", "many"))

    def test_tables_say_what_the_object_says(self):
        path, _ = self.flowers()
        text = self.fallline("evaluate", "model.onnx", path).stdout
        for word in ("precision", "support", "tulip", "expected calibration error", "probability of the predicted class", "auc_ovr"):
            self.assertIn(word, text)


if __name__ == "__main__":
    main()
