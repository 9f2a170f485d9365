# SPDX-License-Identifier: Apache-2.0
"""--memory, --cache and --shuffle-window: the model does not depend on memory, and what cannot be done is refused with exit code 6."""

import random

from surface import Surface, main


class Memory(Surface):
    def table(self, rows=120_000, sort=False):
        """About 13 MB: more than the smallest ceiling keeps in memory."""
        draw = random.Random(1)
        kept = []
        for _ in range(rows):
            x = [draw.gauss(0, 1) for _ in range(10)]
            y = int(x[0] - x[1] + draw.gauss(0, 1) > 0)
            kept.append((y, ",".join(f"{a:.7f}" for a in x) + f",{'abc'[int(abs(x[2])) % 3]}{y},{y}"))
        if sort:
            kept.sort(key=lambda row: row[0])
        names = ",".join(f"x{i}" for i in range(10)) + ",t,y"
        return self.write("big.csv", names + "\n" + "\n".join(row for _, row in kept) + "\n")

    def model(self, name, *options):
        words = ("train", "big.csv", "--target", "y", "--ignore", "t", "--epochs", 2, "--batch-size", 128, "--optimizer", "adam")
        done = self.fallline(*words, "--out", name, *options)
        return (self.folder / name).read_bytes(), done.stderr

    def test_the_model_does_not_depend_on_the_memory(self):
        self.table()
        free, said = self.model("free.onnx")
        self.assertNotIn("go to a file", said)
        held, said = self.model("held.onnx", "--memory", "32M", "--threads", 3)
        self.assertIn("MB, more than fits under --memory 32M: they go to a file in", said)
        self.assertEqual(free, held)
        held, said = self.model("here.onnx", "--memory", "32M", "--threads", 1, "--cache", self.folder)
        self.assertIn(f"go to a file in {self.folder}", said)
        self.assertEqual(free, held)
        off, _ = self.model("off.onnx", "--cache", "off")
        self.assertEqual(free, off)
        self.assertEqual(self.files(), ["big.csv", "free.onnx", "held.onnx", "here.onnx", "off.onnx"])

    def test_what_neither_fits_nor_may_go_to_a_file_is_refused(self):
        self.table()
        words = ("train", "big.csv", "--target", "y", "--memory", "32M")
        self.assertIn("--cache off keeps them out of a file", self.refused(6, *words, "--cache", "off"))
        self.assertIn("no/such/folder", self.refused(6, *words, "--cache", "no/such/folder"))
        self.assertEqual(self.files(), ["big.csv"])

    def test_sizes_are_read_as_they_are_written(self):
        self.two_classes()
        for size in ("1G", "512M", "600000K", "0.5G", "512MiB", "64m"):
            self.fallline("train", "pets.csv", "--target", "pet", "--memory", size)
        for size in ("", "much", "1X", "31M", "-1G", "1GBit", "M"):
            self.assertIn("--memory", self.refused(2, "train", "pets.csv", "--target", "pet", "--memory", size))

    def test_sorted_files_are_told_where_a_window_is_smaller(self):
        self.table(rows=20_000, sort=True)
        _, said = self.model("window.onnx", "--shuffle-window", 4096)
        self.assertIn("the file looks sorted by the target: rows are shuffled among 4,096 at a time", said)
        _, said = self.model("off.onnx", "--shuffle", "off")
        self.assertIn("the file looks sorted by the target", said)
        _, said = self.model("whole.onnx")
        self.assertNotIn("sorted", said)


if __name__ == "__main__":
    main()
