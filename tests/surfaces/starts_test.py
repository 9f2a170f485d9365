# SPDX-License-Identifier: Apache-2.0
"""fallline train: where a run starts. --restarts."""

import csv
import json

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


if __name__ == "__main__":
    main()
