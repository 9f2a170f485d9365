# SPDX-License-Identifier: Apache-2.0
"""fallline train: outcomes, their exit codes, the final object, the run directory."""

import csv
import json
import signal
import subprocess
import time

from surface import SEED, Surface, main

FINAL = (
    "outcome why evidence model rows features parameters epochs steps train_loss objective validation learning_rate seconds "
    "peak_memory_bytes seed warnings"
)
HISTORY = "epoch,step,rows_seen,learning_rate,train_loss,objective,gradient_norm,update_norm,validation_loss,validation_metric"
LINE = (SEED, "--no-header", "--target", "@-1")


class Train(Surface):
    def test_final_object_has_the_members_in_their_order(self):
        final = self.train_json(*LINE)
        self.assertEqual(list(final), FINAL.split())
        self.assertEqual(list(final["seconds"]), ["read", "train", "total"])
        self.assertEqual((final["outcome"], final["rows"], final["features"]), ("converged", 100, 1))
        self.assertEqual(final["model"], "model.onnx")
        self.assertIsNone(final["validation"])
        self.assertGreater(final["peak_memory_bytes"], 1 << 20)

    def test_defaults_reach_the_least_squares_line(self):
        self.assertAlmostEqual(self.train_json(*LINE)["train_loss"], 110.25738, places=4)

    def test_hundred_rows_take_less_than_a_second(self):
        begun = time.perf_counter()
        self.fallline("train", *LINE)
        if not self.sanitizers():
            self.assertLess(time.perf_counter() - begun, 1)

    def test_summary_goes_to_stdout_and_the_rest_to_stderr(self):
        done = self.fallline("train", *LINE)
        self.assertIn("model.onnx", done.stdout)
        self.assertIn("loss", done.stdout)
        self.assertIn("regression", done.stderr)
        self.assertNotIn("\x1b", done.stdout + done.stderr)

    def test_quiet_says_nothing_on_stderr(self):
        self.assertEqual(self.fallline("train", *LINE, "--log", "quiet").stderr, "")

    def test_json_log_is_json_lines(self):
        kinds = [json.loads(line)["kind"] for line in self.fallline("train", *LINE, "--log", "json").stderr.splitlines()]
        self.assertIn("epoch", kinds)
        self.assertIn("choice", kinds)

    def test_long_run_has_about_twenty_lines_of_progress(self):
        done = self.fallline("train", *LINE, "--optimizer", "sgd", "--learning-rate", "0.01", "--epochs", 3000)
        lines = [line for line in done.stderr.splitlines() if line.startswith("epoch ")]
        self.assertTrue(5 <= len(lines) <= 22, len(lines))

    def test_threads_do_not_change_the_model_file(self):
        pets = self.two_classes(rows=500)
        for how in ((), ("--optimizer", "adam", "--epochs", 3, "--batch-size", 32)):
            models = []
            for threads in (1, 2, 3):
                self.fallline("train", pets, "--target", "pet", *how, "--threads", threads)
                models.append((self.folder / "model.onnx").read_bytes())
            self.assertEqual(models[0], models[1])
            self.assertEqual(models[0], models[2])

    def test_place_and_run_directory_do_not_change_the_model_file(self):
        self.fallline("train", *LINE, "--out", "a.onnx")
        self.fallline("train", *LINE, "--out", "b.onnx", "--run", "run")
        models = {(self.folder / name).read_bytes() for name in ("a.onnx", "b.onnx", "run/model.onnx")}
        self.assertEqual(len(models), 1)

    def test_run_directory(self):
        self.fallline("train", *LINE, "--optimizer", "sgd", "--epochs", 4, "--validation", 0.2, "--run", "deep/run")
        run = self.folder / "deep" / "run"
        self.assertEqual(
            sorted(path.name for path in run.iterdir()),
            ["checkpoint.safetensors", "config.json", "events.jsonl", "history.csv", "model.onnx", "timings.json"],
        )
        history = (run / "history.csv").read_text()
        self.assertEqual(history.splitlines()[0], HISTORY)
        rows = list(csv.DictReader(history.splitlines()))
        self.assertEqual([row["epoch"] for row in rows], ["1", "2", "3", "4"])
        self.assertTrue(all(float(row["validation_loss"]) > 0 for row in rows))
        self.assertEqual(json.loads((run / "config.json").read_text())["epochs"], 4)
        self.assertEqual(set(json.loads((run / "timings.json").read_text())), {"read", "train", "total"})
        events = [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]
        self.assertEqual(events[-1]["kind"], "outcome")

    def test_history_is_empty_where_nothing_was_measured(self):
        self.fallline("train", *LINE, "--epochs", 2, "--run", "run")
        row = next(csv.DictReader((self.folder / "run" / "history.csv").read_text().splitlines()))
        self.assertEqual((row["validation_loss"], row["validation_metric"]), ("", ""))

    def test_divergence_is_exit_3_and_writes_no_model(self):
        old = self.write("model.onnx", "the old one")
        wild = ("--optimizer", "sgd", "--learning-rate", "1000", "--standardize", "off")
        final = self.train_json(*LINE, *wild, "--run", "run", code=3)
        self.assertEqual(final["outcome"], "diverged")
        self.assertIsNone(final["model"])
        self.assertEqual(old.read_text(), "the old one")
        told = [f"run/{name}" for name in ("checkpoint.safetensors", "config.json", "events.jsonl", "history.csv", "timings.json")]
        self.assertEqual(self.files(), ["model.onnx", *told])

    def test_budget_is_exit_0(self):
        final = self.train_json(*LINE, "--optimizer", "sgd", "--learning-rate", "0.0001", "--epochs", 2)
        self.assertEqual((final["outcome"], final["epochs"], final["learning_rate"]), ("budget", 2, 0.0001))

    def test_interrupt_is_exit_130(self):
        endless = ("--optimizer", "sgd", "--learning-rate", "1e-9", "--steps", 10**12, "--batch-size", 1, "--log", "quiet", "--json")
        words = [self.binary, "train", *map(str, LINE), *map(str, endless)]
        with subprocess.Popen(words, cwd=self.folder, stdout=subprocess.PIPE, text=True) as running:
            time.sleep(0.5)
            running.send_signal(signal.SIGINT)
            out, _ = running.communicate(timeout=30)
        self.assertEqual(running.returncode, 130)
        self.assertEqual(json.loads(out)["outcome"], "interrupted")

    def test_penalty_counts_in_the_objective_only(self):
        final = self.train_json(*LINE, "--l2", "0.5")
        self.assertGreater(final["objective"], final["train_loss"])

    def test_loss_settings_have_their_own_options(self):
        narrow = self.train_json(*LINE, "--loss", "huber", "--huber-delta", "0.1")["train_loss"]
        spec = self.train_json(*LINE, "--loss", "huber:delta=0.1")["train_loss"]
        self.assertEqual(narrow, spec)
        self.assertIn("--loss huber", self.refused(2, "train", *LINE, "--huber-delta", "1"))


if __name__ == "__main__":
    main()
