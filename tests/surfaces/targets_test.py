# SPDX-License-Identifier: Apache-2.0
"""Several numbers predicted at once: each as it would be alone, by name on every surface."""

import csv
import json
import math

from surface import Surface, main


class Targets(Surface):
    def houses(self, name="houses.csv", rows=120):
        """A price and a share, of quite different units, both from size and kind; `sold` is a class."""
        lines = ["size,kind,price,share,sold"]
        for i in range(rows):
            size = 40 + i * 37 % 101
            kind = ("flat", "house", "farm")[i % 3]
            price = 30000 + 2500 * size + 20000 * (i % 3) + 900 * math.sin(7 * i)
            share = 0.9 - 0.004 * size + 0.05 * (kind == "flat") + 0.01 * math.cos(11 * i)
            lines.append(f"{size},{kind},{price!r},{share!r},{i % 2}")
        return self.write(name, "\n".join(lines) + "\n")

    def predicted(self, model, *words):
        return list(csv.DictReader(self.fallline("predict", model, *words).stdout.splitlines()))

    def evaluated(self, model, *words):
        return json.loads(self.fallline("evaluate", model, *words, "--json").stdout)

    def test_a_linear_model_of_both_predicts_as_one_of_each_does(self):
        data = self.houses()
        exact = ("--ignore", "sold", "--tolerance", "1e-9", "--precision", "double", "--log", "quiet")
        self.fallline("train", data, "--target", "price,share", "--out", "both.onnx", *exact)
        both = self.predicted("both.onnx", data)
        self.assertEqual(list(both[0]), ["prediction_price", "prediction_share"])
        for name, other in (("price", "share"), ("share", "price")):
            self.fallline("train", data, "--target", name, "--out", "one.onnx", *exact[2:], "--ignore", f"sold,{other}")
            for ours, alone in zip(both, self.predicted("one.onnx", data), strict=True):
                self.assertAlmostEqual(float(ours[f"prediction_{name}"]) / float(alone["prediction"]), 1, places=6)

    def test_targets_by_position_stand_in_the_order_named(self):
        data = self.houses()
        self.fallline("train", data, "--target", "@-2,@2", "--ignore", "sold", "--out", "m.onnx")
        self.assertEqual(list(self.predicted("m.onnx", data)[0]), ["prediction_share", "prediction_price"])

    def test_metrics_are_plain_means_with_those_of_each_target_beside(self):
        data = self.houses()
        told = self.train_json(data, "--target", "price,share", "--ignore", "sold", "--out", "m.onnx")
        found = self.evaluated("m.onnx", data)
        self.assertEqual([one["target"] for one in found["per_target"]], ["price", "share"])
        for metric in ("rmse", "mae", "r2", "loss"):
            self.assertAlmostEqual(found[metric], sum(one[metric] for one in found["per_target"]) / 2, places=9)
        self.assertNotIn("residuals", found)
        self.assertAlmostEqual(told["train_loss"] / found["loss"], 1, places=6)
        self.assertEqual(told["train_loss"], told["objective"])
        rows = list(csv.DictReader(data.read_text().splitlines()))
        for one in found["per_target"]:
            errors = [
                float(p["prediction_" + one["target"]]) - float(row[one["target"]])
                for p, row in zip(self.predicted("m.onnx", data), rows, strict=True)
            ]
            self.assertAlmostEqual(one["rmse"] / math.sqrt(sum(e * e for e in errors) / len(errors)), 1, places=5)  # targets are floats
            self.assertGreater(one["r2"], 0.95)
        text = self.fallline("evaluate", "m.onnx", data).stdout
        self.assertIn("price", text)
        self.assertIn("share", text)

    def test_a_network_learns_both_however_their_units_differ(self):
        data = self.houses()
        words = ("--target", "price,share", "--ignore", "sold", "--hidden", "16", "--epochs", "150", "--learning-rate", "0.02")
        told = self.train_json(data, *words, "--validation", "0.2", "--out", "m.onnx")
        self.assertEqual(set(told["validation"]), {"loss", "rmse"})
        for one in self.evaluated("m.onnx", data)["per_target"]:
            self.assertGreater(one["r2"], 0.9, one)

    def test_show_lists_the_coefficients_of_each_target(self):
        data = self.houses()
        self.fallline("train", data, "--target", "price,share", "--ignore", "sold", "--out", "m.onnx")
        lines = self.fallline("show", "m.onnx", "--csv").stdout.splitlines()
        self.assertEqual(lines[0], "target,feature,coefficient,standardized")
        self.assertEqual({line.split(",")[0] for line in lines[1:]}, {"price", "share"})
        told = json.loads(self.fallline("show", "m.onnx", "--json").stdout)
        self.assertEqual(told["target"], ["price", "share"])
        self.assertEqual([score["target"] for score in told["scores"]], ["price", "share"])
        slope = next(one for one in told["scores"][0]["coefficients"] if one["feature"] == "size")
        self.assertAlmostEqual(slope["coefficient"] / 2500, 1, places=2)
        text = self.fallline("show", "m.onnx").stdout
        self.assertIn("linear model of price, share", text)
        self.assertIn("coefficients of target share", text)

    def test_what_is_no_number_is_refused_by_name(self):
        data = self.houses()
        self.assertIn("'kind' holds text", self.refused(5, "train", data, "--target", "price,kind"))
        self.assertIn("'sold' has 2 distinct values", self.refused(5, "train", data, "--target", "price,sold"))
        self.fallline("train", data, "--target", "price,sold", "--task", "regression", "--out", "m.onnx")
        self.assertIn("classification", self.refused(2, "train", data, "--target", "price,share", "--task", "classification"))
        self.assertIn("'price' has two roles", self.refused(2, "train", data, "--target", "price,price"))
        self.assertIn("'prize'", self.refused(2, "train", data, "--target", "prize,share"))
        self.assertIn("needs classes", self.refused(2, "train", data, "--target", "price,share", "--loss", "logistic"))
        self.assertIn("no classes", self.refused(2, "train", data, "--target", "price,share", "--class-weight", "balanced"))

    def test_a_missing_cell_in_any_target_is_refused_with_its_row(self):
        data = self.houses()
        broken = self.write("broken.csv", data.read_text() + "50,flat,100000,,1\n")
        self.assertIn("'share' is missing in row 121", self.refused(5, "train", broken, "--target", "price,share", "--ignore", "sold"))
        self.fallline("train", data, "--target", "price,share", "--ignore", "sold", "--out", "m.onnx")
        self.assertIn("'share' is missing in row 121", self.refused(5, "evaluate", "m.onnx", broken))
        self.assertEqual(len(self.predicted("m.onnx", broken)), 121)

    def test_prediction_needs_no_target_and_evaluation_every_one(self):
        data = self.houses()
        self.fallline("train", data, "--target", "price,share", "--ignore", "sold", "--out", "m.onnx")
        bare = self.write("bare.csv", "size,kind,price\n50,flat,155000\n60,farm,220000\n")
        self.assertEqual(len(self.predicted("m.onnx", bare)), 2)
        self.assertIn("no column 'share'", self.refused(5, "evaluate", "m.onnx", bare))

    def test_row_methods_and_kinked_losses_take_several_targets(self):
        data = self.houses()
        for words in (("--optimizer", "saga"), ("--optimizer", "svrg"), ("--loss", "absolute"), ("--loss", "huber"), ("--l1", "0.01")):
            told = self.train_json(data, "--target", "price,share", "--ignore", "sold", *words, "--out", "m.onnx")
            self.assertIn(told["outcome"], ("converged", "budget"), (words, told))
            for one in self.evaluated("m.onnx", data)["per_target"]:
                self.assertGreater(one["r2"], 0.9, (words, one))

    def test_tables_have_a_column_for_each_target(self):
        data = self.houses()
        self.fallline("train", data, "--target", "price,share", "--ignore", "sold", "--out", "m.onnx")
        done = self.fallline("predict", "m.onnx", data, "--out", "p.parquet", code=(0, 2, 5))
        if done.returncode != 0:
            self.skipTest("built without libarrow")
        self.fallline("train", "p.parquet", "--target", "prediction_price", "--out", "again.onnx", "--log", "quiet")
        columns = json.loads(self.fallline("show", "again.onnx", "--json").stdout)["columns"]
        self.assertEqual([one["name"] for one in columns], ["prediction_share"])

    def test_the_input_is_explained_with_every_target(self):
        told = json.loads(self.fallline("train", self.houses(), "--target", "price,share", "--explain-input", "--json").stdout)
        self.assertEqual(told["target"], ["price", "share"])
        self.assertEqual([one["name"] for one in told["other_columns"] if one["role"] == "target"], ["price", "share"])

    def test_a_run_is_the_same_again_from_its_own_configuration(self):
        data = self.houses()
        words = ("--target", "price,share", "--ignore", "sold", "--hidden", "4", "--epochs", "3")
        self.fallline("train", data, *words, "--run", "run", "--out", "m.onnx")
        self.fallline("train", data, "--config", "run/config.json", "--out", "again.onnx")
        self.assertEqual((self.folder / "m.onnx").read_bytes(), (self.folder / "again.onnx").read_bytes())


if __name__ == "__main__":
    main()
