# SPDX-License-Identifier: Apache-2.0
"""Rows that do not fit under --memory: a run that is killed, or whose disk fails, while they are scanned, put into the scratch file or read
from it leaves nothing behind there, tells why, and comes to the same bytes once it is begun again or resumed."""

import os
import random
import subprocess
import time
import unittest

from digits import csv
from faults import ADAM, KILLED, LIBRARY, NO_LIBRARY, ROOM, Faulty
from surface import main

MOMENTS = 8
OFTEN = ("--steps", "300", "--checkpoint-every", "50", "--shuffle-window", "8192")  # 64 steps a window: rows are read all along the run
HOW = ("train", "data.csv", "--target", "y", *ROOM, *ADAM, "--batch-size", "128", *OFTEN)
ONE_BY_ONE = ("--threads", "1")  # with several, which of the last columns stay in memory is a race, and with it the number of writes


class Scratch(Faulty):
    def setUp(self):
        super().setUp()
        (self.folder / "scratch").mkdir()
        (self.folder / "data.csv").write_bytes(csv(480))

    def whole(self):
        self.fallline(*HOW, "--run", "whole")
        return self.results("whole")

    def disturbed(self, run, kind, at, **more):
        done = self.with_fault(*HOW, *ONE_BY_ONE, "--run", run, where="/scratch/", kind=kind, at=at, **more)
        self.assertEqual(os.listdir(self.folder / "scratch"), [], f"{kind} at {at}")
        return done

    def comes_to(self, whole, run, when):
        self.resume(run, *HOW[1:])
        self.assertEqual(self.results(run), whole, when)

    def number_of(self, calls):
        return self.calls(*HOW, *ONE_BY_ONE, where="/scratch/", calls=calls)

    def test_killed_at_random_moments(self):
        begun = time.monotonic()
        whole = self.whole()
        length = time.monotonic() - begun
        moments = random.Random(7)
        for trial in range(MOMENTS):
            run = f"run{trial}"
            with subprocess.Popen([self.binary, *HOW, "--run", run], cwd=self.folder, stdout=subprocess.DEVNULL) as process:
                time.sleep(moments.uniform(0, length))
                process.kill()
            self.assertEqual(os.listdir(self.folder / "scratch"), [])
            self.comes_to(whole, run, f"trial {trial}")

    @unittest.skipUnless(LIBRARY, NO_LIBRARY)
    def test_killed_at_every_write(self):
        whole = self.whole()
        writes = self.number_of("write")
        self.assertGreater(writes, 4)  # several blocks of columns, and of rows after them
        for at in range(1, writes + 1):
            self.disturbed(f"run{at}", "kill", at, code=KILLED)
            if at % 4 == 1 or at == writes:  # what a run has done is the same after all of them: nothing yet
                self.comes_to(whole, f"run{at}", f"killed at {at}")

    @unittest.skipUnless(LIBRARY, NO_LIBRARY)
    def test_a_disk_that_fails_at_any_write_is_told(self):
        why = {"ENOSPC": "No space left on device", "EIO": "Input/output error"}
        for at in range(1, self.number_of("write") + 1):
            kind = ("ENOSPC", "EIO")[at % 2]
            said = self.disturbed("run", kind, at, code=6).stderr.splitlines()[-1]
            for part in ("fallline: ", "a file in scratch", why[kind], "--cache", "--memory"):
                self.assertIn(part, said, f"{kind} at {at}")
        self.comes_to(self.whole(), "run", "after the last fault")

    @unittest.skipUnless(LIBRARY, NO_LIBRARY)
    def test_calls_that_do_half_of_what_was_asked_are_gone_on_with(self):
        whole = self.whole()
        for calls in ("write", "read"):
            self.disturbed(calls, "short", "all", calls=calls)
            self.assertEqual(self.results(calls), whole, calls)

    @unittest.skipUnless(LIBRARY, NO_LIBRARY)
    def test_rows_that_cannot_be_read_back_are_told_and_no_checkpoint_is_lost(self):
        whole = self.whole()
        reads = self.number_of("read")
        kept = 0
        moments = [*range(1, reads, 1 + reads // 10), reads]
        for i, at in enumerate(moments):
            kind, why = (("EIO", "Input/output error"), ("end", "it ends too early"))[i % 2]
            run = f"run{at}"
            said = self.disturbed(run, kind, at, calls="read", code=6).stderr.splitlines()[-1]
            for part in ("fallline: ", "The file in scratch", "cannot be read back", why):
                self.assertIn(part, said, f"{kind} at {at}")
            kept += (self.folder / run / "checkpoint.safetensors").exists()
            self.comes_to(whole, run, f"{kind} at {at}")
        self.assertTrue(0 < kept < len(moments))  # faults came before the first checkpoint and after it


if __name__ == "__main__":
    main()
