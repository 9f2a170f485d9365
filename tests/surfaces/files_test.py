# SPDX-License-Identifier: Apache-2.0
"""Where results go when there is no room: exit code 6, nothing half written, and told before a long run where it can be."""

import os
import subprocess
from pathlib import Path

from surface import SEED, Surface, main

LINE = (SEED, "--no-header", "--target", "@1")
FULL = Path("/dev/full")


class Files(Surface):
    def tiny_disk(self):
        """A folder with room for almost nothing; the test is skipped where none can be made."""
        disk = self.folder / "disk"
        disk.mkdir()
        if os.geteuid() != 0:
            self.skipTest("only root can mount a small disk")
        mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(disk)]
        if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
            self.skipTest("a small disk cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", str(disk)], check=False)
        (disk / "filler").write_bytes(b"x" * 4096)
        return disk

    def test_no_such_folder_is_told_before_training(self):
        done = self.fallline("train", *LINE, "--out", "none/model.onnx", code=6)
        self.assertIn("none", done.stderr)
        self.assertNotIn("epoch", done.stderr)

    def test_folder_in_place_of_a_file(self):
        self.assertIn("folder", self.refused(6, "train", *LINE, "--out", self.folder))

    def test_run_directory_that_cannot_be_made(self):
        self.write("taken", "a file")
        self.assertIn("taken", self.refused(6, "train", *LINE, "--run", "taken"))

    def test_folder_without_permission(self):
        if os.geteuid() == 0:
            self.skipTest("root may write anywhere")
        closed = self.folder / "closed"
        closed.mkdir(mode=0o500)
        self.refused(6, "train", *LINE, "--out", closed / "model.onnx")

    def test_full_disk_at_save(self):
        disk = self.tiny_disk()
        self.refused(6, "train", *LINE, "--out", disk / "model.onnx")
        self.assertEqual([path.name for path in disk.iterdir()], ["filler"])

    def test_full_device(self):
        if not FULL.exists():
            self.skipTest("no /dev/full here")
        self.refused(6, "train", *LINE, "--out", FULL)
        self.assertTrue(FULL.is_char_device())
        self.fallline("train", *LINE)
        with FULL.open("w") as full:
            words = [self.binary, "predict", "model.onnx", str(SEED), "--no-header"]
            done = subprocess.run(words, cwd=self.folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 6)
        self.assertIn("stdout", done.stderr)

    def test_closed_pipe_at_predict(self):
        self.fallline("train", *LINE)
        self.write("many.csv", "".join(f"{i}\n" for i in range(200000)))
        words = [self.binary, "predict", "model.onnx", "many.csv", "--no-header"]
        with subprocess.Popen(words, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            running.stdout.readline()
            running.stdout.close()
            running.stderr.read()
        self.assertEqual(running.returncode, 6)

    def test_model_may_go_to_the_null_device(self):
        self.fallline("train", *LINE, "--out", "/dev/null")
        self.assertTrue(Path("/dev/null").is_char_device())

    def test_predictions_to_a_file(self):
        self.fallline("train", *LINE)
        done = self.fallline("predict", "model.onnx", SEED, "--no-header", "--out", "p.csv")
        self.assertEqual(done.stdout, "")
        self.assertEqual(len((self.folder / "p.csv").read_text().splitlines()), 101)
        self.assertEqual(self.files(), ["model.onnx", "p.csv"])


if __name__ == "__main__":
    main()
