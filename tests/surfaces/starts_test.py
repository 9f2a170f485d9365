# SPDX-License-Identifier: Apache-2.0
"""fallline train: where a run starts. --restarts and --init-from."""

import csv
import json
import random

from surface import Surface, main

NETWORK = ("--hidden", "3", "--epochs", "5")


class Restarts(Surface):
    def setUp(self):
        super().setUp()
        self.pets = (self.two_classes(rows=120), "--target", "pet")

    def test_every_start_is_reported_and_the_best_kept(self):
        final = self.train_json(*self.pets, *NETWORK, "--restarts", 4, "--seed", 7)
        starts = final["restarts"]
        self.assertEqual([list(start) for start in starts], [["seed", "outcome", "objective", "validation", "kept"]] * 4)
        self.assertEqual([start["seed"] for start in starts], [7, 8, 9, 10])
        best = min(starts, key=lambda start: start["objective"])
        self.assertEqual([start["kept"] for start in starts], [start is best for start in starts])
        self.assertEqual((final["objective"], final["outcome"], final["seed"]), (best["objective"], best["outcome"], 7))
        for start in starts:
            alone = self.train_json(*self.pets, *NETWORK, "--seed", start["seed"])
            self.assertEqual(alone["objective"], start["objective"])
            self.assertNotIn("restarts", alone)

    def test_held_out_rows_decide_where_there_are_any(self):
        final = self.train_json(*self.pets, *NETWORK, "--restarts", 4, "--validation", 0.3)
        best = min(final["restarts"], key=lambda start: start["validation"]["loss"])
        self.assertTrue(best["kept"])
        self.assertEqual(final["validation"], best["validation"])

    def test_threads_do_not_change_the_model_file(self):
        models = set()
        for threads in (1, 2, 3):
            self.fallline("train", *self.pets, *NETWORK, "--restarts", 5, "--threads", threads)
            models.add((self.folder / "model.onnx").read_bytes())
        self.assertEqual(len(models), 1)

    def test_summary_says_which_won_and_the_run_directory_keeps_its_history(self):
        done = self.fallline("train", *self.pets, *NETWORK, "--restarts", 3, "--run", "run")
        self.assertRegex(done.stdout, r"starts +3, the best is start \d \(seed \d\): objective [\d.]+, the others [\d.]+ to [\d.]+")
        self.assertEqual(done.stderr.count("; kept"), 1)
        events = [json.loads(line) for line in (self.folder / "run" / "events.jsonl").read_text().splitlines()]
        self.assertEqual(sum(event["message"].startswith("start ") for event in events), 3)
        with open(self.folder / "run" / "history.csv", newline="", encoding="utf-8") as file:
            self.assertEqual(len(list(csv.reader(file))), 6)
        self.assertEqual(json.loads((self.folder / "run" / "config.json").read_text())["restarts"], 3)

    def test_one_start_is_the_plain_run(self):
        self.fallline("train", *self.pets, *NETWORK, "--out", "a.onnx")
        self.fallline("train", *self.pets, *NETWORK, "--out", "b.onnx", "--restarts", 1)
        self.assertEqual((self.folder / "a.onnx").read_bytes(), (self.folder / "b.onnx").read_bytes())

    def test_all_diverged_is_divergence(self):
        wild = ("--optimizer", "sgd", "--learning-rate", "1e20", "--restarts", 2)
        final = self.train_json(*self.pets, *NETWORK, *wild, code=3)
        self.assertEqual([start["outcome"] for start in final["restarts"]], ["diverged"] * 2)
        self.assertIsNone(final["model"])

    def test_models_that_start_at_zero_are_refused_by_name(self):
        self.assertIn("logistic", self.refused(2, "train", *self.pets, "--restarts", 3))
        self.assertIn("--restarts", self.refused(2, "train", *self.pets, "--hidden", 3, "--init", "zeros", "--restarts", 3))
        for bad in ("0", "-1", "two", "1.5"):
            self.assertIn("--restarts", self.refused(2, "train", *self.pets, *NETWORK, "--restarts", bad))


STILL = ("--steps", 1, "--learning-rate", "1e-12", "--optimizer", "adam")  # a step that moves nothing


class InitFrom(Surface):
    """What a model has learnt goes on being learnt, whatever has happened to the columns."""

    def houses(self, name, columns, rows=200):
        """A table with the named ones of its columns, in their order."""
        random.seed(3)
        lines = [",".join(columns)]
        for _ in range(rows):
            area, town = random.uniform(40, 200), random.choice(("bonn", "kiel", "ulm"))
            price = 3 * area + 100 * (town == "ulm") + random.gauss(0, 20)
            cells = {"area": f"{area:.2f}", "town": town, "price": f"{price:.2f}", "age": random.randrange(90)}
            cells["size"] = ("small", "medium", "large")[int(price > 300) + int(price > 500)]
            lines.append(",".join(str(cells[column]) for column in columns))
        return self.write(name, "\n".join(lines) + "\n")

    def begin(self, *words, target="price"):
        self.table = self.houses("a.csv", ("area", "town", target))
        return self.train_json(self.table, "--target", target, "--epochs", 5, *words, "--out", "old.onnx")

    def go_on(self, table, *words, target="price", code=(0, 4)):
        done = self.fallline("train", table, "--target", target, *STILL, *words, "--init-from", "old.onnx", "--json", code=code)
        return json.loads(done.stdout)["evidence"]["objective_at_start"], done.stderr

    def test_goes_on_from_where_the_model_was(self):
        for words in (("--hidden", "8,4"), ("--hidden", "8", "--normalization", "batch"), ("--optimizer", "adam")):
            before = self.begin(*words)
            start, told = self.go_on(self.table, *(words if words[0] == "--hidden" else ()))
            self.assertAlmostEqual(start / before["objective"], 1, places=5)
            self.assertIn("taken from 'old.onnx'", told)
            self.assertNotIn("drawn afresh", told)

    def test_columns_are_matched_by_name(self):
        before = self.begin("--hidden", "8")
        start, told = self.go_on(self.houses("b.csv", ("town", "price", "age", "area")), "--hidden", "8")
        self.assertAlmostEqual(start / before["objective"], 1, places=4)
        self.assertIn("weigh 0 at the start: age", told)
        _, told = self.go_on(self.houses("c.csv", ("price", "area")), "--hidden", "8")
        self.assertIn("not here: town", told)

    def test_of_another_shape_the_layers_that_fit_are_taken(self):
        self.begin("--hidden", "8,4")
        _, told = self.go_on(self.table, "--hidden", "8,6")
        self.assertIn("taken from 'old.onnx': layer 1\n", told)
        self.assertIn("layer 2: it has 8 inputs and 4 units there and 8 inputs and 6 units here", told)

    def test_classes_are_matched_by_name(self):
        before = self.begin("--hidden", "8", target="size")
        start, _ = self.go_on(self.table, "--hidden", "8", target="size")
        self.assertAlmostEqual(start / before["objective"], 1, places=5)
        text = self.table.read_text().replace("medium", "middle")
        _, told = self.go_on(self.write("other.csv", text), "--hidden", "8", target="size")
        self.assertIn("drawn afresh: the head: its classes are", told)

    def test_a_converged_model_has_converged(self):
        self.begin("--epochs", 1000)
        final = self.train_json(self.table, "--target", "price", "--init-from", "old.onnx")
        self.assertEqual(final["outcome"], "converged")
        self.assertLessEqual(final["steps"], 2)

    def test_same_bytes_whatever_the_number_of_threads(self):
        self.begin("--hidden", "8")
        models = set()
        for threads in (1, 2, 3):
            how = ("--hidden", "8", "--epochs", 2, "--threads", threads)
            self.fallline("train", self.table, "--target", "price", *how, "--init-from", "old.onnx")
            models.add((self.folder / "model.onnx").read_bytes())
        self.assertEqual(len(models), 1)

    def test_what_cannot_be_is_refused(self):
        self.begin("--hidden", "8")
        to_train = ("train", self.table, "--target", "price")
        self.assertIn("nothing of it fits", self.refused(2, *to_train, "--hidden", "9", "--init-from", "old.onnx"))
        self.assertIn("nothing of it fits", self.refused(2, *to_train, "--init-from", "old.onnx"))
        self.assertIn("none.onnx", self.refused(5, *to_train, "--hidden", "8", "--init-from", "none.onnx"))
        self.assertIn("a.csv", self.refused(5, *to_train, "--hidden", "8", "--init-from", "a.csv"))
        both = ("--hidden", "8", "--init-from", "old.onnx", "--restarts", 2)
        self.assertIn("--restarts", self.refused(2, *to_train, *both))


if __name__ == "__main__":
    main()
