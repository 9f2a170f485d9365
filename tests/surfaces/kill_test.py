# SPDX-License-Identifier: Apache-2.0
"""A run that is killed, or whose disk fails, at any moment comes to the same bytes once it is resumed."""

import os
import random
import subprocess
import tempfile
import time
import unittest

from surface import Surface, main

FAULTS = os.environ.get("FALLLINE_FAULTS", "")  # the library of faults.cpp; there is none under sanitizers
MOMENTS = 30
MEMORY = "/dev/shm"  # syncing costs nothing there; a process that is killed does not miss it
HOW = (
    "data.csv",
    "--target",
    "y",
    "--optimizer",
    "adam",
    "--learning-rate",
    "0.01",
    "--batch-size",
    "8",
    "--log",
    "quiet",
    "--out",
    "model.onnx",
)


class Kill(Surface):
    def setUp(self):
        tempfile.tempdir = MEMORY if os.access(MEMORY, os.W_OK) else None
        super().setUp()
        lines = ["a,b,y"] + [f"{(i * 37 % 101) / 50 - 1},{(i * 53 % 97) / 40 - 1},{(i * 37 % 101 + i * 7 % 60) / 30}" for i in range(400)]
        self.write("data.csv", "\n".join(lines) + "\n")

    def results(self, run):
        return [(self.folder / run / name).read_bytes() for name in ("model.onnx", "history.csv")]

    def resume(self, run, *how):
        """As a user would: by the folder alone, or with all words again where it holds nothing yet."""
        again = () if (self.folder / run / "config.json").exists() else how
        return self.fallline("train", *again, "--resume", run)

    def test_at_random_moments(self):
        how = (*HOW, "--epochs", "300", "--checkpoint-every", "100")
        begun = time.monotonic()
        self.fallline("train", *how, "--run", "whole")
        length = time.monotonic() - begun
        whole = self.results("whole")
        moments = random.Random(20)
        for trial in range(MOMENTS):
            run = f"run{trial}"
            with subprocess.Popen([self.binary, "train", *how, "--run", run], cwd=self.folder, stdout=subprocess.DEVNULL) as process:
                time.sleep(moments.uniform(0, length))
                process.kill()
            self.resume(run, *how)
            self.assertEqual(self.results(run), whole, f"trial {trial}")

    def with_fault(self, run, how, kind, at):
        count = str(self.folder / "count")
        faults = {"LD_PRELOAD": FAULTS, "FAULT_IN": f"/{run}", "FAULT_KIND": kind, "FAULT_AT": str(at), "FAULT_COUNT": count}
        (self.folder / run).mkdir()
        return self.fallline("train", *how, "--run", str(self.folder / run), code=(0, 6, -9), env=faults)

    @unittest.skipUnless(FAULTS, "no library of faults")
    def test_at_every_step_of_a_write(self):
        how = (*HOW, "--epochs", "2", "--checkpoint-every", "60")
        self.with_fault("whole", how, "none", 0)
        whole = self.results("whole")
        calls = int((self.folder / "count").read_text())
        self.assertGreater(calls, 30)
        for kind in ("kill", "ENOSPC", "EIO", "short"):
            codes = set()
            for at in range(1, calls + 1):
                run = f"{kind}{at}x"  # no name begins another
                done = self.with_fault(run, how, kind, at)
                codes.add(done.returncode)
                if done.returncode == 6:
                    self.assertIn("cannot be written", done.stderr)
                self.resume(run, *how)
                self.assertEqual(self.results(run), whole, f"{kind} at {at}")
                self.assertFalse([name for name in os.listdir(self.folder / run) if name.endswith(".part")], f"{kind} at {at}")
            self.assertIn({"kill": -9, "short": 0}.get(kind, 6), codes)


if __name__ == "__main__":
    main()
