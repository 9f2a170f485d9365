# SPDX-License-Identifier: Apache-2.0
"""What the tests of the command line share: the program, a folder of its own for each test, and small tables."""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

DATA = Path(__file__).resolve().parents[1] / "data"
SEED = DATA / "seed-regression.csv"  # 100 rows of two numbers, no header


class Surface(unittest.TestCase):
    binary = ""

    def sanitizers(self):
        """Those that the program is built with: they make it slow, and keep freed memory for a while."""
        code = Path(self.binary).read_bytes()
        return [name for name in ("asan", "tsan") if f"__{name}_init".encode() in code]

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="fallline-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def fallline(self, *words, code=0, stdin="", env=None):
        """Runs the program in the test's folder; its exit code must be `code`, or one of several. stdin: a text or an open file."""
        fed = {"input": stdin} if isinstance(stdin, str) else {"stdin": stdin}
        done = subprocess.run(
            [self.binary, *map(str, words)],
            cwd=self.folder,
            **fed,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, **(env or {})},
        )
        self.assertIn(done.returncode, code if isinstance(code, tuple) else (code,), f"{words}\n{done.stdout}\n{done.stderr}")
        return done

    def train_json(self, *words, **more):
        return json.loads(self.fallline("train", *words, "--json", **more).stdout)

    def refused(self, code, *words, **more):
        """The one paragraph with which the program refuses; nothing on stdout."""
        done = self.fallline(*words, code=code, **more)
        self.assertEqual(done.stdout, "")
        last = done.stderr.splitlines()[-1]
        self.assertTrue(last.startswith("fallline: "), done.stderr)
        return last

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def files(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())

    def two_numbers(self, name="data.csv"):
        """400 rows of two numbers and a third one that mostly follows from them."""
        lines = ["a,b,y"] + [f"{(i * 37 % 101) / 50 - 1},{(i * 53 % 97) / 40 - 1},{(i * 37 % 101 + i * 7 % 60) / 30}" for i in range(400)]
        return self.write(name, "\n".join(lines) + "\n")

    def results(self, run):
        """What a finished run leaves in its folder that must be the same bytes however it went."""
        return [(self.folder / run / name).read_bytes() for name in ("model.onnx", "history.csv")]

    def two_classes(self, name="pets.csv", rows=60):
        """Weight and coat tell cats from dogs, but not every time."""
        lines = ["weight,coat,pet"]
        for i in range(rows):
            dog = i % 3 == 0
            lines.append(f"{4 + i % 5 + (6 if dog and i % 4 else 0)},{('long', 'short')[i % 2]},{'dog' if dog else 'cat'}")
        return self.write(name, "\n".join(lines) + "\n")


def main():
    if len(sys.argv) < 2:
        sys.exit(f"usage: {sys.argv[0]} FALLLINE [TEST...]")
    Surface.binary = str(Path(sys.argv.pop(1)).resolve())
    unittest.main(module="__main__")
