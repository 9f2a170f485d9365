# SPDX-License-Identifier: Apache-2.0
"""predict, evaluate, show, list, help: what they print, and that text and JSON say the same."""

import csv
import json
import math

from surface import SEED, Surface, main

LISTS = ("optimizers", "schedules", "losses", "activations", "landscapes", "models")


class Verbs(Surface):
    def table(self, *words):
        return list(csv.DictReader(self.fallline(*words).stdout.splitlines()))

    def pets_model(self):
        pets = self.two_classes()
        self.fallline("train", pets, "--target", "pet")
        return pets

    def test_predictions_keep_order_and_count(self):
        self.fallline("train", SEED, "--no-header", "--target", "@1")
        rows = self.table("predict", "model.onnx", SEED, "--no-header")
        self.assertEqual(list(rows[0]), ["prediction"])
        y = [float(row["prediction"]) for row in rows]
        x = [float(line.split(",")[0]) for line in SEED.read_text().split()]
        slopes = {round((y[i] - y[0]) / (x[i] - x[0]), 2) for i in range(1, 100)}
        self.assertEqual((len(rows), slopes), (100, {1.32}))

    def test_probabilities_add_up_and_pick_the_class(self):
        pets = self.pets_model()
        rows = self.table("predict", "model.onnx", pets)
        self.assertEqual(list(rows[0]), ["prediction", "p_cat", "p_dog"])
        for row in rows:
            cat, dog = float(row["p_cat"]), float(row["p_dog"])
            self.assertAlmostEqual(cat + dog, 1, places=6)
            self.assertEqual(row["prediction"], "cat" if cat >= dog else "dog")

    def test_class_labels_are_quoted_where_they_must_be(self):
        cells = ('"a,b"', '"say ""c"""')
        lines = [f"{i + 30 * (i % 2)},{cells[i % 2]}" for i in range(40)]
        self.write("a.csv", "x,y\n" + "\n".join(lines) + "\n")
        self.fallline("train", "a.csv", "--target", "y", "--l2", "0.01")
        rows = self.table("predict", "model.onnx", "a.csv")
        self.assertEqual(list(rows[0]), ["prediction", "p_a,b", 'p_say "c"'])
        self.assertLessEqual({row["prediction"] for row in rows}, {"a,b", 'say "c"'})

    def test_columns_may_stand_in_any_order_without_target_and_with_others(self):
        pets = self.pets_model()
        all_rows = self.table("predict", "model.onnx", pets)
        with pets.open() as file:
            swapped = [f"{row['coat']},9,{row['weight']}" for row in csv.DictReader(file)]
        self.write("swapped.csv", "coat,age,weight\n" + "\n".join(swapped) + "\n")
        done = self.fallline("predict", "model.onnx", "swapped.csv")
        self.assertEqual(list(csv.DictReader(done.stdout.splitlines())), all_rows)
        self.assertEqual([line for line in done.stderr.splitlines() if "age" in line], ["not used by the model: age"])

    def test_evaluation_of_numbers_agrees_with_the_predictions(self):
        self.fallline("train", SEED, "--no-header", "--target", "@1")
        metrics = json.loads(self.fallline("evaluate", "model.onnx", SEED, "--no-header", "--json").stdout)
        self.assertEqual(list(metrics), ["rows", "rmse", "mae", "r2", "loss", "residuals"])
        y = [float(line.split(",")[1]) for line in SEED.read_text().split()]
        p = [float(row["prediction"]) for row in self.table("predict", "model.onnx", SEED, "--no-header")]
        self.assertAlmostEqual(metrics["rmse"], math.sqrt(sum((a - b) ** 2 for a, b in zip(y, p, strict=True)) / 100), places=4)
        self.assertIn("rmse", self.fallline("evaluate", "model.onnx", SEED, "--no-header").stdout)

    def test_evaluation_of_classes_agrees_with_the_predictions(self):
        pets = self.pets_model()
        metrics = json.loads(self.fallline("evaluate", "model.onnx", pets, "--json").stdout)
        names = ["rows", "log_loss", "accuracy", "balanced_accuracy", "auc", "confusion", "per_class", "calibration"]
        self.assertEqual(list(metrics), names)
        with pets.open() as file:
            truth = [row["pet"] for row in csv.DictReader(file)]
        guessed = [row["prediction"] for row in self.table("predict", "model.onnx", pets)]
        classes = metrics["confusion"]["classes"]
        pairs = list(zip(truth, guessed, strict=True))
        self.assertEqual(metrics["confusion"]["counts"], [[pairs.count((t, g)) for g in classes] for t in classes])
        self.assertAlmostEqual(metrics["accuracy"], sum(t == g for t, g in pairs) / 60, places=12)

    def test_coefficients_in_original_units_make_the_predictions(self):
        pets = self.pets_model()
        shown = {row["feature"]: float(row["coefficient"]) for row in self.table("show", "model.onnx", "--csv")}
        predicted = self.table("predict", "model.onnx", pets)
        with pets.open() as file:
            for row, answer in zip(csv.DictReader(file), predicted, strict=True):
                score = shown["(intercept)"] + shown["weight"] * float(row["weight"]) + shown.get(f"coat={row['coat']}", 0)
                self.assertAlmostEqual(1 / (1 + math.exp(-score)), float(answer["p_dog"]), places=5)

    def test_show_sorts_by_standardized_weight_and_json_agrees_with_csv(self):
        self.pets_model()
        rows = self.table("show", "model.onnx", "--csv")
        sizes = [abs(float(row["standardized"])) for row in rows[1:]]
        self.assertEqual(sizes, sorted(sizes, reverse=True))
        shown = json.loads(self.fallline("show", "model.onnx", "--json").stdout)
        self.assertEqual([one["feature"] for one in shown["scores"][0]["coefficients"]], [row["feature"] for row in rows[1:]])
        self.assertEqual(shown["classes"], ["cat", "dog"])
        self.assertEqual(shown["trained"]["outcome"], "converged")
        self.assertIn("coat", self.fallline("show", "model.onnx").stdout)

    def test_several_classes(self):
        self.write("a.csv", "x,y\n" + "".join(f"{i % 10},{('a', 'b', 'c')[(i % 10 + i // 37) % 3]}\n" for i in range(120)))
        self.fallline("train", "a.csv", "--target", "y")
        self.assertEqual(list(self.table("predict", "model.onnx", "a.csv")[0]), ["prediction", "p_a", "p_b", "p_c"])
        self.assertEqual({row["class"] for row in self.table("show", "model.onnx", "--csv")}, {"a", "b", "c"})
        self.assertNotIn("auc", json.loads(self.fallline("evaluate", "model.onnx", "a.csv", "--json").stdout))

    def test_lists_and_their_json_agree(self):
        everything = json.loads(self.fallline("list", "--json").stdout)
        self.assertEqual(tuple(everything), LISTS)
        for name in LISTS:
            text = self.fallline("list", name).stdout
            self.assertEqual(json.loads(self.fallline("list", name, "--json").stdout), {name: everything[name]})
            for entry in everything[name]:
                self.assertRegex(text, rf"(?m)^  {entry['name']}  ")
                for field in entry["fields"]:
                    self.assertIn(field["name"] + "=", text)
        self.assertIn("Did you mean 'losses'?", self.refused(2, "list", "loses"))

    def test_every_optimizer_of_the_list_trains(self):
        for entry in json.loads(self.fallline("list", "optimizers", "--json").stdout)["optimizers"]:
            how = ("--optimizer", entry["name"], "--epochs", 2, "--log", "quiet")
            final = self.fallline("train", SEED, "--no-header", "--target", "@1", *how, code=(0, 3, 4))
            self.assertIn("written to", final.stdout, entry["name"])  # whatever two epochs with its own default rate lead to

    def test_help_names_every_option(self):
        self.assertIn("train", self.fallline("--help").stdout)
        self.assertRegex(self.fallline("--version").stdout, r"^fallline \d+\.\d+\.\d+\n$")
        text = self.fallline("train", "--help").stdout
        for option in ("target", "optimizer", "learning-rate", "batch-size", "l2", "run", "config", "json"):
            self.assertIn(f"--{option}", text)
        for verb in ("predict", "evaluate", "show", "descend", "list"):
            self.assertIn(verb, self.fallline(verb, "--help").stdout)


if __name__ == "__main__":
    main()
