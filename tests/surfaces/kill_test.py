# SPDX-License-Identifier: Apache-2.0
"""A run that is killed, or whose disk fails, at any moment comes to the same bytes once it is resumed."""

import os
import random
import subprocess
import time
import unittest

from faults import ADAM, KILLED, LIBRARY, NO_LIBRARY, Faulty
from surface import main

MOMENTS = 30
HOW = ("data.csv", "--target", "y", *ADAM, "--batch-size", "8", "--out", "model.onnx")


class Kill(Faulty):
    def setUp(self):
        super().setUp()
        self.two_numbers()

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

    @unittest.skipUnless(LIBRARY, NO_LIBRARY)
    def test_at_every_step_of_a_write(self):
        how = (*HOW, "--epochs", "2", "--checkpoint-every", "60")

        def begin(run):
            (self.folder / run).mkdir()
            return ("train", *how, "--run", self.folder / run)

        calls = self.calls(*begin("whole"), where="/whole")
        whole = self.results("whole")
        self.assertGreater(calls, 30)
        for kind in ("kill", "ENOSPC", "EIO", "short"):
            codes = set()
            for at in range(1, calls + 1):
                run = f"{kind}{at}x"  # no name begins another
                done = self.with_fault(*begin(run), where=f"/{run}", kind=kind, at=at, code=(0, 6, KILLED))
                codes.add(done.returncode)
                if done.returncode == 6:
                    self.assertIn("cannot be written", done.stderr)
                self.resume(run, *how)
                self.assertEqual(self.results(run), whole, f"{kind} at {at}")
                self.assertFalse([name for name in os.listdir(self.folder / run) if name.endswith(".part")], f"{kind} at {at}")
            self.assertIn({"kill": KILLED, "short": 0}.get(kind, 6), codes)


if __name__ == "__main__":
    main()
