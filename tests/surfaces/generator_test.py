# SPDX-License-Identifier: Apache-2.0
"""The generator of tools/generate: the same options are the same bytes, and its Parquet holds the rows of its CSV."""

import subprocess
import unittest
from pathlib import Path

from surface import Surface, main


class Generator(Surface):
    def setUp(self):
        super().setUp()
        self.program = Path(self.binary).parent / "generate"
        if not self.program.exists():
            self.skipTest("the generator is not built beside the program")

    def generate(self, *words, code=0):
        done = subprocess.run([self.program, *map(str, words)], capture_output=True, timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def parquet(self, *words):
        """Skips the test where the generator is built without libarrow."""
        done = subprocess.run([self.program, "--format", "parquet", *map(str, words)], capture_output=True, timeout=60, check=False)
        if done.returncode == 2 and b"FALLLINE_ARROW" in done.stderr:
            self.skipTest("built without libarrow")
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def model(self, name, *words):
        self.fallline("train", name, "--target", "y", "--epochs", 1, "--optimizer", "adam", "--out", "model.onnx", *words)
        return (self.folder / "model.onnx").read_bytes()

    def test_the_same_options_are_the_same_bytes(self):
        for kind in ("csv", "libsvm"):
            words = ("--format", kind, "--rows", 300, "--features", 500)
            self.assertEqual(self.generate(*words).stdout, self.generate(*words, "--seed", 0).stdout)
            self.assertNotEqual(self.generate(*words).stdout, self.generate(*words, "--seed", 1).stdout)
            self.assertEqual(len(self.generate(*words).stdout.splitlines()), 300 + (kind == "csv"))
        for words in ((), ("--task", "regression"), ("--sorted", 1)):
            self.assertEqual(self.parquet("--rows", 300, *words), self.parquet("--rows", 300, *words))
        self.assertNotEqual(self.parquet("--rows", 300), self.parquet("--rows", 300, "--seed", 1))

    def test_parquet_holds_the_rows_of_the_csv(self):
        several_groups = 70_000
        for words in (
            ("--rows", several_groups, "--numbers", 3, "--texts", 1),
            ("--rows", 2000, "--task", "regression", "--seed", 5),
            ("--rows", 2000, "--sorted", 1, "--numbers", 0, "--texts", 2),
        ):
            (self.folder / "rows.parquet").write_bytes(self.parquet(*words))
            (self.folder / "rows.csv").write_bytes(self.generate(*words).stdout)
            self.assertEqual(self.model("rows.parquet"), self.model("rows.csv"), words)

    def test_a_run_on_parquet_keeps_its_ceiling(self):
        (self.folder / "rows.parquet").write_bytes(self.parquet("--rows", 1_000_000))  # 75 MB
        how = ("rows.parquet", "--target", "y", "--steps", 50, "--optimizer", "adam", "--memory", "192M", "--cache", self.folder)
        peak = self.train_json(*how)["peak_memory_bytes"]
        if not self.sanitizers():
            self.assertLess(peak, 192 << 20)

    def test_what_cannot_be_asked_for_is_told(self):
        for words in (("--format", "xlsx"), ("--rows", "-1"), ("--rows",), ("--levels", 0), ("--task", "regression", "--sorted", 1)):
            self.assertIn(b"generate [--format csv|parquet|libsvm]", self.generate(*words, code=2).stderr)

    @unittest.skipUnless(Path("/dev/full").exists(), "no device that is always full")
    def test_a_full_disk_is_told(self):
        for kind in ("csv", "parquet", "libsvm"):
            if kind == "parquet":
                self.parquet("--rows", 1)
            with open("/dev/full", "wb") as full:
                words = [self.program, "--format", kind, "--rows", "100"]
                done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
            self.assertEqual((done.returncode, b"cannot write" in done.stderr), (6, True), done.stderr)


if __name__ == "__main__":
    main()
