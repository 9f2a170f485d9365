# SPDX-License-Identifier: Apache-2.0
"""--run, --checkpoint-every and --resume: a run that was stopped comes to the same bytes as one that was not."""

import json
import shutil
import signal
import subprocess
import time

from surface import Surface, main

HOW = ("--target", "y", "--optimizer", "adam", "--learning-rate", "0.01", "--batch-size", "8", "--validation", "0.2", "--log", "text")


class Resume(Surface):
    def setUp(self):
        super().setUp()
        self.data = self.two_numbers()

    def whole(self, *more):
        self.fallline("train", "data.csv", *HOW, *more, "--run", "whole", "--out", "whole.onnx")
        return self.results("whole")

    def disturbed(self, how, *more):
        """Starts the run `cut` anew and lets `how` happen to it as soon as it has a checkpoint; its code, and what it said."""
        shutil.rmtree(self.folder / "cut", ignore_errors=True)
        words = ("train", "data.csv", *HOW, *more, "--run", "cut", "--out", "cut.onnx", "--checkpoint-every", "500")
        with subprocess.Popen([self.binary, *words], cwd=self.folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as run:
            until = time.monotonic() + 30
            while not (self.folder / "cut/checkpoint.safetensors").exists() and time.monotonic() < until:
                time.sleep(0.001)
            how(run)
            _, said = run.communicate(timeout=60)
        return run.returncode, said

    def stopped(self, by, *more):
        return self.disturbed(lambda run: run.send_signal(by), *more)

    def test_interrupt_and_terminate_finish_the_step_and_keep_it(self):
        budget = ("--epochs", "400")
        whole = self.whole(*budget)
        for by in (signal.SIGINT, signal.SIGTERM):
            code, said = self.stopped(by, *budget)
            self.assertEqual(code, 130, said)
            self.assertIn("fallline train --resume cut", said)
            said = self.fallline("train", "--resume", "cut").stderr
            self.assertIn("goes on after step", said)
            self.assertEqual(self.results("cut"), whole)
            self.assertEqual((self.folder / "cut.onnx").read_bytes(), whole[0])

    def test_larger_budget(self):
        self.fallline("train", "data.csv", *HOW, "--epochs", 3, "--run", "run")
        self.assertEqual(len((self.folder / "run/history.csv").read_text().splitlines()), 4)
        self.fallline("train", "--resume", "run", "--epochs", 5)
        longer = self.results("run")
        self.assertEqual(longer, self.whole("--epochs", 5))  # the rate is constant
        self.assertEqual(json.loads((self.folder / "run/config.json").read_text())["epochs"], 5)
        self.fallline("train", "--resume", "run", "--steps", 250)
        self.assertIn(",250,", (self.folder / "run/history.csv").read_text().splitlines()[-1])
        self.assertIn("2", self.refused(2, "train", "--resume", "run", "--epochs", 2))

    def test_options_may_be_repeated_and_not_changed(self):
        self.fallline("train", "data.csv", *HOW, "--epochs", 3, "--run", "run")
        before = self.results("run")
        self.fallline("train", "data.csv", *HOW, "--epochs", 3, "--resume", "run", "--threads", 1, "--run", "run/")
        self.assertEqual(self.results("run"), before)
        for option, value, was in (("learning-rate", "0.02", "0.01"), ("optimizer", "sgd", "adam"), ("seed", "3", "0"), ("l2", "0.5", "0")):
            said = self.refused(2, "train", "--resume", "run", f"--{option}", value)
            self.assertIn(f"--{option} was {was} when the run began, and is {value} now", said)
        for changed in (("--standardize", "off"), ("--ignore", "a"), ("--precision", "double"), ("--hidden", "4"), ("--target", "a")):
            self.assertIn(changed[0], self.refused(2, "train", "--resume", "run", *changed))
        self.assertIn("other", self.refused(2, "train", "--resume", "run", "--run", "other"))

    def test_changed_data_is_refused(self):
        self.fallline("train", "data.csv", *HOW, "--epochs", 3, "--run", "run")
        text = self.data.read_text()
        for changed in (text + "0,0,1\n", text.replace("-1.0,", "-1.1,", 1), text.replace("a,b,y", "b,a,y")):
            self.data.write_text(changed)
            self.assertIn("The data has changed", self.refused(5, "train", "--resume", "run"))
        self.data.unlink()
        self.assertIn("data.csv", self.refused(5, "train", "--resume", "run"))
        self.write("moved.csv", text)
        before = self.results("run")
        self.fallline("train", "moved.csv", "--resume", "run")
        self.assertEqual(self.results("run"), before)

    def test_data_that_goes_away_under_way(self):
        whole = self.whole("--epochs", "100")
        text = self.data.read_text()
        code, said = self.disturbed(lambda run: self.data.unlink(), "--epochs", "100")
        self.assertEqual(code, 0, said)  # it was read when the run began
        self.assertEqual(self.results("cut"), whole)
        self.data.write_text(text)
        code, said = self.disturbed(lambda run: (self.data.write_text(text + "0,0,1\n"), run.kill()), "--epochs", "100")
        self.assertIn("The data has changed", self.refused(5, "train", "--resume", "cut"))
        self.data.write_text(text)
        self.fallline("train", "--resume", "cut")
        self.assertEqual(self.results("cut"), whole)

    def test_a_broken_checkpoint_gives_way_to_the_one_before(self):
        whole = self.whole("--epochs", 3)
        newest = self.folder / "run/checkpoint.safetensors"
        self.fallline("train", "data.csv", *HOW, "--epochs", 3, "--run", "run", "--checkpoint-every", 10)
        good = newest.read_bytes()
        for broken in (good[:-1], good[:100], b"", good[:-9] + bytes([good[-9] ^ 4]) + good[-8:], None):
            if broken is None:
                newest.unlink()
            else:
                newest.write_bytes(broken)
            said = self.fallline("train", "--resume", "run").stderr
            self.assertIn("checkpoint.safetensors", said)
            self.assertIn("goes on from the checkpoint before it", said)
            self.assertEqual(self.results("run"), whole)
            self.fallline("train", "data.csv", *HOW, "--epochs", 3, "--run", "run", "--checkpoint-every", 10)
        for name in ("checkpoint.safetensors", "checkpoint.previous.safetensors"):
            (self.folder / "run" / name).write_bytes(b"nothing")
        said = self.refused(5, "train", "--resume", "run")
        self.assertIn("checkpoint.safetensors", said)
        self.assertIn("checkpoint.previous.safetensors", said)

    def test_a_run_that_has_diverged_has_diverged(self):
        how = ("--target", "y", "--optimizer", "sgd", "--learning-rate", "1e6", "--log", "quiet")
        self.fallline("train", "data.csv", *how, "--run", "run", code=3)
        history = (self.folder / "run/history.csv").read_bytes()
        self.assertTrue((self.folder / "run/checkpoint.safetensors").exists())
        self.fallline("train", "--resume", "run", code=3)
        self.assertEqual((self.folder / "run/history.csv").read_bytes(), history)

    def test_where_there_is_nothing_to_go_on_with(self):
        self.assertIn("none", self.refused(2, "train", "--resume", "none"))
        said = self.fallline("train", "data.csv", *HOW, "--epochs", 3, "--resume", "new").stderr
        self.assertIn("begins anew", said)
        self.assertEqual(self.results("new"), self.whole("--epochs", 3))

    def test_a_new_run_takes_the_place_of_an_old_one(self):
        code, said = self.stopped(signal.SIGTERM, "--epochs", "400")
        self.assertEqual(code, 130, said)
        said = self.fallline("train", "data.csv", *HOW, "--epochs", 2, "--run", "cut").stderr
        self.assertIn("was not finished", said)
        self.assertNotIn("was not finished", self.fallline("train", "data.csv", *HOW, "--epochs", 2, "--run", "cut").stderr)

    def test_how_often(self):
        for bad in ("0", "0s", "often", "-1", "1.5", "s", ""):
            self.assertIn("--checkpoint-every", self.refused(2, "train", "data.csv", *HOW, "--run", "run", f"--checkpoint-every={bad}"))
        self.fallline("train", "data.csv", *HOW, "--epochs", 20, "--run", "run", "--checkpoint-every", "0.0001s")
        self.assertTrue((self.folder / "run/checkpoint.previous.safetensors").exists())


if __name__ == "__main__":
    main()
