# SPDX-License-Identifier: Apache-2.0
"""Data files that are cut short, changed, removed or cannot be read on while a run reads them."""

import os
import shutil
import unittest

from digits import COLUMNS, csv, libsvm, npy
from faults import ADAM, LIBRARY, NO_LIBRARY, ROOM, Faulty
from surface import main

HOW = (*ADAM, "--batch-size", "128", "--steps", "50")
TOLD = {"cut": "was cut short while it was read", "change": "was changed while it was read"}


@unittest.skipUnless(LIBRARY, NO_LIBRARY)
class UnderWay(Faulty):
    def read_while(self, name, content, *target):
        """The file is disturbed as soon as a part of it was read and put into the scratch file."""
        file = self.folder / name
        words = ("train", name, *target, *ROOM, *HOW, "--out", "model.onnx")
        model = self.folder / "model.onnx"
        file.write_bytes(content)
        self.fallline(*words)
        whole = model.read_bytes()
        for kind in ("cut", "change", "delete"):
            file.write_bytes(content)
            model.unlink()
            told = TOLD.get(kind)
            said = self.with_fault(*words, where="/scratch/", kind=kind, at=1, file=file, code=5 if told else 0).stderr
            self.assertEqual(os.listdir(self.folder / "scratch"), [])
            if told:
                self.assertIn(f"{name} {told}", said.splitlines()[-1])
                self.assertFalse(model.exists())
                model.touch()
            else:
                self.assertEqual(model.read_bytes(), whole, kind)

    def test_that_it_was_cut_or_changed_is_told_and_it_may_be_removed(self):
        (self.folder / "scratch").mkdir()
        self.read_while("data.csv", csv(1920), "--target", "y")
        self.read_while("data.svm", libsvm(960))
        self.read_while("data.npy", npy(1920), "--target", f"@{COLUMNS}")

    def test_that_data_which_is_read_again_was_cut_or_changed_is_told(self):
        for name, content, target in (("data.csv", csv(1920), ("--target", "y")), ("data.svm", libsvm(960), ())):
            words = ("train", name, *target, "--memory", "128M", "--cache", "off", *HOW, "--checkpoint-every", 20, "--run", "run")
            file = self.folder / name
            file.write_bytes(content)
            writes = self.calls(*words, where="/run/")
            whole = self.results("run")
            for kind in ("cut", "change", "delete"):
                told = TOLD.get(kind)
                file.write_bytes(content)
                shutil.rmtree(self.folder / "run")
                said = self.with_fault(*words, where="/run/", kind=kind, at=writes // 2, file=file, code=5 if told else 0).stderr
                if told:
                    self.assertIn(f"{name} {told}", said.splitlines()[-1])
                    self.assertFalse((self.folder / "run/model.onnx").exists())
                    file.write_bytes(content)
                    self.resume("run", *words[1:])
                self.assertEqual(self.results("run"), whole, kind)

    def test_stdin_that_cannot_be_read_on_is_told(self):
        data = self.folder / "data.csv"
        data.write_bytes(csv(10))
        for how in ((), ("--online", "--memory", "128M")):
            words = ("train", "-", "--target", "y", "--optimizer", "adam", *how)
            for at in (1, 2):
                with data.open() as stdin:
                    done = self.with_fault(*words, where="/data.csv", kind="EIO", at=at, calls="read", code=5, stdin=stdin)
                self.assertIn("stdin cannot be read: Input/output error", done.stderr.splitlines()[-1])
                self.assertFalse((self.folder / "model.onnx").exists())
            with data.open() as stdin:
                self.with_fault(*words, where="/data.csv", kind="short", at="all", calls="read", stdin=stdin)
            (self.folder / "model.onnx").unlink()

    def test_a_run_folder_that_cannot_be_read_is_told(self):
        (self.folder / "data.csv").write_bytes(csv(1))
        self.fallline("train", "data.csv", "--target", "y", *HOW, "--checkpoint-every", 20, "--run", "run")
        whole = self.results("run")
        resume = ("train", "--resume", "run")
        reads = self.calls(*resume, where="/run/", calls="read")
        for at in range(1, reads + 1):
            done = self.with_fault(*resume, where="/run/", kind="EIO", at=at, calls="read", code=(0, 5))
            if done.returncode == 5:
                self.assertIn("config.json cannot be read: Input/output error", done.stderr.splitlines()[-1])
            self.assertEqual(self.results("run"), whole, f"read {at} of {reads}")


if __name__ == "__main__":
    main()
