# SPDX-License-Identifier: Apache-2.0
"""Runs of the program in which calls of the system go wrong: what faults.cpp does, for tests."""

import os
import tempfile

from surface import Surface

LIBRARY = os.environ.get("FALLLINE_FAULTS", "")  # the library of faults.cpp; there is none under sanitizers
NO_LIBRARY = "no library of faults"
MEMORY = "/dev/shm"  # syncing costs nothing there; a process that is killed does not miss it
KILLED = -9
ADAM = ("--optimizer", "adam", "--learning-rate", "0.01", "--log", "quiet")
ROOM = ("--memory", "128M", "--cache", "scratch")  # what does not fit goes to a file in the folder `scratch`


class Faulty(Surface):
    def setUp(self):
        tempfile.tempdir = MEMORY if os.access(MEMORY, os.W_OK) else None
        super().setUp()

    def resume(self, run, *how):
        """As a user would: by the folder alone, or with all words again where it holds nothing yet."""
        again = () if (self.folder / run / "config.json").exists() else how
        return self.fallline("train", *again, "--resume", run)

    def with_fault(self, *words, where, kind, at, calls="write", file="", code=0, **more):
        """The at-th call (or `all` of them) that writes or reads something whose path contains `where` goes wrong."""
        faults = {
            "LD_PRELOAD": LIBRARY,
            "FAULT_IN": where,
            "FAULT_KIND": kind,
            "FAULT_AT": str(at),
            "FAULT_CALLS": calls,
            "FAULT_FILE": str(file),
            "FAULT_COUNT": str(self.folder / "count"),
        }
        return self.fallline(*words, env=faults, code=code, **more)

    def calls(self, *words, **more):
        """How many such calls there are where none goes wrong."""
        self.with_fault(*words, kind="none", at=0, **more)
        return int((self.folder / "count").read_text())
