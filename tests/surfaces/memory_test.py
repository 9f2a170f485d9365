# SPDX-License-Identifier: Apache-2.0
"""--memory, --cache and --shuffle-window: the model does not depend on memory, and what cannot be done is refused."""

import gzip
import os
import random

from surface import Surface, main

LEAST = "128M"


class Memory(Surface):
    def table(self, rows=160_000, sort=False):
        """About 13 MB of digits, which are 8 bytes each once they are read: more than the smallest ceiling keeps in memory."""
        draw = random.Random(1)
        kept = []
        for _ in range(rows):
            x = draw.choices("0123456789", k=40)
            y = int(int(x[0]) - int(x[1]) + draw.gauss(0, 3) > 0)
            kept.append((y, ",".join(x) + f",{'abc'[int(x[2]) % 3]}{y},{y}"))
        if sort:
            kept.sort(key=lambda row: row[0])
        names = ",".join(f"x{i}" for i in range(40)) + ",t,y"
        return self.write("big.csv", names + "\n" + "\n".join(row for _, row in kept) + "\n")

    def model(self, name, *options, source="big.csv", stdin=""):
        words = ("train", source, "--target", "y", "--ignore", "t", "--epochs", 2, "--batch-size", 128, "--optimizer", "adam")
        done = self.fallline(*words, "--out", name, *options, stdin=stdin)
        return (self.folder / name).read_bytes(), done.stderr

    def test_the_model_does_not_depend_on_the_memory(self):
        self.table()
        free, said = self.model("free.onnx")
        self.assertNotIn("go to a file", said)
        held, said = self.model("held.onnx", "--memory", LEAST, "--threads", 3)
        self.assertIn(f"MB, more than fits under --memory {LEAST}: they go to a file in", said)
        self.assertEqual(free, held)
        held, said = self.model("here.onnx", "--memory", LEAST, "--threads", 1, "--cache", self.folder)
        self.assertIn(f"go to a file in {self.folder}", said)
        self.assertEqual(free, held)
        off, _ = self.model("off.onnx", "--cache", "off")
        self.assertEqual(free, off)
        self.assertEqual(self.files(), ["big.csv", "free.onnx", "held.onnx", "here.onnx", "off.onnx"])

    def test_without_a_cache_data_is_read_again_and_no_file_is_made(self):
        self.table()
        free, _ = self.model("free.onnx")
        os.environ["TMPDIR"] = str(self.folder / "no/such/folder")
        self.addCleanup(os.environ.pop, "TMPDIR")
        held = ("--memory", LEAST, "--cache", "off")
        for threads in (1, 3):
            off, said = self.model("off.onnx", *held, "--threads", threads, "--run", f"run{threads}")
            self.assertIn("with --cache off they are read again from the data each time they are needed", said)
            self.assertEqual(free, off)
        packed = self.folder / "big.csv.gz"
        packed.write_bytes(gzip.compress((self.folder / "big.csv").read_bytes(), 1))
        self.assertIn("no/such/folder, and there is no room", self.refused(6, "train", packed, "--target", "y", *held))  # its text

    def test_a_disk_that_has_no_room_is_refused(self):
        self.table()
        self.assertIn(
            "no/such/folder",
            self.refused(6, "train", "big.csv", "--target", "y", "--memory", LEAST, "--cache", "no/such/folder"),
        )
        self.assertEqual(self.files(), ["big.csv"])

    def test_sizes_are_read_as_they_are_written(self):
        self.two_classes()
        for size in ("1G", "512M", "600000K", "0.5G", "512MiB", "32m"):
            self.fallline("train", "pets.csv", "--target", "pet", "--memory", size)
        for size in ("", "much", "1X", "-1G", "0", "1GBit", "M"):
            self.assertIn("--memory", self.refused(2, "train", "pets.csv", "--target", "pet", "--memory", size))

    def test_a_ceiling_that_cannot_be_kept_is_told(self):
        self.two_classes()
        self.assertIn("Pass --memory 32M or more.", self.refused(2, "train", "pets.csv", "--target", "pet", "--memory", "31M"))
        self.table()
        free, _ = self.model("free.onnx")
        told = "--memory {} cannot be kept to on this data: the rows that are in hand at a time and the program take up to {};"
        for memory, least, how in (
            ("64M", "128M", ()),
            ("191M", "192M", ("--precision", "double")),
            ("192M", "", ("--precision", "double")),
        ):
            model, said = self.model("held.onnx", "--memory", memory, *how)
            self.assertEqual(told.format(memory, least) in said, bool(least), said)
            if not how:
                self.assertEqual(model, free)

    def test_packed_and_piped_and_converted_text_makes_the_same_model(self):
        text = self.table().read_bytes()
        free, _ = self.model("free.onnx")
        with gzip.GzipFile(self.folder / "big.csv.gz", "wb", 1) as out:  # in two members
            out.write(text[:5_000_001])
        with gzip.open(self.folder / "big.csv.gz", "ab", 1) as out:
            out.write(text[5_000_001:])
        self.write("wide.csv", "").write_text(text.decode(), encoding="utf-16")
        for source, stdin in (("big.csv.gz", ""), ("wide.csv", ""), ("-", text.decode())):
            held, _ = self.model("held.onnx", "--memory", LEAST, source=source, stdin=stdin)
            self.assertEqual(free, held, source)

    def test_predictions_and_metrics_do_not_depend_on_the_memory(self):
        self.table()
        self.model("free.onnx")
        held = ("--memory", LEAST, "--cache", self.folder)
        free = self.fallline("predict", "free.onnx", "big.csv")
        there = self.fallline("predict", "free.onnx", "big.csv", *held)
        self.assertIn(f"they go to a file in {self.folder}", there.stderr)
        self.assertEqual(free.stdout, there.stdout)
        self.fallline("predict", "free.onnx", "big.csv", "--out", "p.csv", *held)
        self.assertEqual((self.folder / "p.csv").read_text(), free.stdout)
        free = self.fallline("evaluate", "free.onnx", "big.csv", "--json")
        there = self.fallline("evaluate", "free.onnx", "big.csv", "--json", *held)
        self.assertIn(f"they go to a file in {self.folder}", there.stderr)
        self.assertEqual(free.stdout, there.stdout)
        off = self.fallline("evaluate", "free.onnx", "big.csv", "--json", "--memory", LEAST, "--cache", "off")
        self.assertIn("they are read again from the data", off.stderr)
        self.assertEqual(free.stdout, off.stdout)
        self.fallline("predict", "free.onnx", "big.csv", "--out", "p.csv", "--memory", LEAST, "--cache", "off")
        self.assertEqual((self.folder / "p.csv").read_text(), self.fallline("predict", "free.onnx", "big.csv").stdout)
        for verb in ("predict", "evaluate"):
            self.assertIn("Pass --memory 32M or more.", self.refused(2, verb, "free.onnx", "big.csv", "--memory", "16M"))

    def test_packed_text_is_refused_where_the_disk_cannot_hold_it(self):
        with gzip.open(self.folder / "big.csv.gz", "wb", 1) as out:
            out.write(self.table().read_bytes())
        words = ("train", "big.csv.gz", "--target", "y", "--memory", LEAST, "--cache", "no/such/folder")
        self.assertIn("no/such/folder, and there is no room for it", self.refused(6, *words))

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
