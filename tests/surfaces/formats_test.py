# SPDX-License-Identifier: Apache-2.0
"""Every format as a user meets it: the same table is the same model, a broken file is refused by name, no name is guessed at."""

import gzip
import struct
import subprocess

from surface import DATA, Surface, main

FORMATS = DATA / "formats"
PETS = FORMATS / "pets.csv"


def npy(code, shape, numbers, version=1, fortran=False):
    """A .npy file; `code` is NumPy's, such as <f4."""
    letters = {"f": {2: "e", 4: "f", 8: "d"}, "i": {1: "b", 2: "h", 4: "i", 8: "q"}, "u": {1: "B", 2: "H", 4: "I", 8: "Q"}, "b": {1: "?"}}
    letter = letters[code[1]][int(code[2:])]
    header = f"{{'descr': '{code}', 'fortran_order': {fortran}, 'shape': {tuple(shape)}, }}".encode()
    header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    order = ">" if code[0] == ">" else "<"
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + struct.pack(f"{order}{len(numbers)}{letter}", *numbers)


def idx(code, shape, numbers):
    letter = {8: "B", 9: "b", 11: "h", 12: "i", 13: "f", 14: "d"}[code]
    return bytes([0, 0, code, len(shape)]) + struct.pack(f">{len(shape)}I{len(numbers)}{letter}", *shape, *numbers)


class Formats(Surface):
    def put(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def arrow(self):
        """Skips the test where the program is built without libarrow."""
        done = self.fallline("predict", "none.onnx", "none.csv", "--out", "x.parquet", code=(2, 5))
        if "FALLLINE_ARROW" in done.stderr:
            self.skipTest("built without libarrow")

    def model(self, *words, **more):
        """The bytes of the model that a training run writes."""
        self.fallline("train", *words, "--out", "model.onnx", "--log", "quiet", **more)
        return (self.folder / "model.onnx").read_bytes()

    def digits(self):
        """12 images of 2 x 3 pixels, and what they show."""
        pixels = [(7 * i + 31 * (i // 6 % 2)) % 256 for i in range(72)]
        labels = [i % 2 for i in range(12)]
        lines = [",".join(map(str, [*pixels[6 * i : 6 * i + 6], labels[i]])) for i in range(12)]
        names = ",".join([*(f"c{i}" for i in range(6)), "label"])
        return pixels, labels, "\n".join([names, *lines]) + "\n"


class SameTable(Formats):
    def test_arrow_formats_give_the_model_of_the_csv_file(self):
        self.arrow()
        expected = self.model(PETS, "--target", "pet")
        for name in ("pets.parquet", "pets.arrow", "pets.arrows", "pets.feather"):
            self.assertEqual(self.model(FORMATS / name, "--target", "pet"), expected, name)

    def test_packed_files_give_the_model_of_the_csv_file(self):
        text = PETS.read_bytes()
        expected = self.model(PETS, "--target", "pet")
        self.put("pets.csv.gz", gzip.compress(text[:500]) + gzip.compress(text[500:]))
        self.assertEqual(self.model("pets.csv.gz", "--target", "pet"), expected)
        self.assertEqual(self.model(FORMATS / "pets.csv.zst", "--target", "pet"), expected)

    def test_model_of_one_format_predicts_another(self):
        self.arrow()
        self.model(PETS, "--target", "pet")
        of_csv = self.fallline("predict", "model.onnx", PETS).stdout
        self.assertEqual(self.fallline("predict", "model.onnx", FORMATS / "pets.parquet").stdout, of_csv)

    def test_predictions_of_every_form_are_the_same(self):
        self.arrow()
        self.model(PETS, "--target", "pet")
        of_csv = self.fallline("predict", "model.onnx", PETS).stdout.splitlines()
        for name in ("p.parquet", "p.arrow", "p.feather"):
            self.fallline("predict", "model.onnx", PETS, "--out", name)
            # What was predicted reads back: a second model learns it as its target.
            done = self.train_json(name, "--target", "prediction", "--out", "again.onnx")
            self.assertEqual(done["rows"], len(of_csv) - 1, name)

    def test_npy_and_idx_give_the_same_model_as_one_another(self):
        pixels, labels, text = self.digits()
        self.put("x.npy", npy("|u1", (12, 6), pixels))
        self.put("y.npy", npy("<i8", (12,), labels))
        self.put("x-idx3-ubyte", idx(8, (12, 2, 3), pixels))
        self.put("y-idx1-ubyte.gz", gzip.compress(idx(8, (12,), labels)))
        self.put("t.csv", text.encode())
        expected = self.model("x.npy", "--labels", "y.npy")
        self.assertEqual(self.model("x-idx3-ubyte", "--labels", "y-idx1-ubyte.gz"), expected)
        of_npy = self.fallline("predict", "model.onnx", "x.npy").stdout
        self.model("t.csv", "--target", "label")
        self.assertEqual(self.fallline("predict", "model.onnx", "t.csv").stdout, of_npy)

    def test_every_type_and_order_of_npy_is_the_same_table(self):
        numbers = [float(i * 7 % 11) for i in range(30)]
        turned = [numbers[3 * row + column] for column in range(3) for row in range(10)]
        expected = None
        for code in ("<f8", ">f8", "<f4", ">f4", "<f2", "<i1", ">i2", "<i4", ">i8", "|u1", "<u2", ">u4", "<u8"):
            values = numbers if code[1] == "f" else [int(number) for number in numbers]
            for fortran in (False, True):
                cells = values if not fortran else [type(values[0])(number) for number in turned]
                self.put("t.npy", npy(code, (10, 3), cells, version=1 + fortran, fortran=fortran))
                model = self.model("t.npy", "--target", "@2", "--task", "regression")
                expected = expected or model
                self.assertEqual(model, expected, (code, fortran))

    def test_several_files_and_globs(self):
        self.arrow()
        pixels, labels, _ = self.digits()
        for i in range(2):
            self.put(f"x{i}.npy", npy("|u1", (6, 6), pixels[36 * i : 36 * i + 36]))
        self.put("x.npy", npy("|u1", (12, 6), pixels))
        self.put("y.npy", npy("|u1", (12,), labels))
        self.assertEqual(self.model("x?.npy", "--labels", "y.npy"), self.model("x.npy", "--labels", "y.npy"))
        twice = self.train_json(FORMATS / "pets.parquet", FORMATS / "pets.parquet", "--target", "pet")
        self.assertEqual(twice["rows"], 120)


class Typed(Formats):
    def test_columns_that_need_a_word_get_it(self):
        self.arrow()
        done = self.fallline("train", FORMATS / "odd.parquet", "--target", "y", "--ignore", "tags,moment")
        for said in ("NaN counts as missing, in 6 rows", "beyond 2^53", "column 'void' holds only missing cells"):
            self.assertIn(said, done.stderr)

    def test_lists_are_refused_unless_left_out(self):
        self.arrow()
        said = self.refused(5, "train", FORMATS / "odd.parquet", "--target", "y")
        self.assertIn("odd.parquet: column 'tags' holds lists", said)
        self.assertIn("--ignore tags", said)
        self.fallline("train", FORMATS / "odd.parquet", "--target", "y", "--features", "ratio,day")

    def test_column_can_be_declared_text(self):
        self.arrow()
        self.fallline("train", FORMATS / "pets.parquet", "--target", "pet", "--types", "age=text")
        self.assertRegex(self.fallline("show", "model.onnx").stdout, r"age +text")
        self.assertIn("'coat'", self.refused(5, "train", FORMATS / "pets.parquet", "--target", "pet", "--types", "coat=number"))

    def test_nan_in_an_array_is_missing_and_infinity_is_refused(self):
        numbers = [float(i * 5 % 7) for i in range(30)]
        numbers[4] = float("nan")
        self.put("t.npy", npy("<f8", (10, 3), numbers))
        done = self.fallline("train", "t.npy", "--target", "@2", "--task", "regression")
        self.assertIn("NaN counts as missing: 1 numbers", done.stderr)
        numbers[7] = float("inf")
        self.put("t.npy", npy("<f8", (10, 3), numbers))
        self.assertIn("t.npy, row 2 (counted from 0), column 'c1'", self.refused(5, "train", "t.npy", "--target", "@2"))


class Broken(Formats):
    def test_cut_files_are_refused_by_name(self):
        self.arrow()
        for name in ("pets.parquet", "pets.arrow", "pets.arrows", "pets.feather", "pets.csv.zst"):
            whole = (FORMATS / name).read_bytes()
            for share in (0.1, 0.5, 0.9):
                self.put(name, whole[: int(len(whole) * share)])
                self.assertIn(name, self.refused(5, "train", name, "--target", "pet"))

    def test_corrupt_byte_never_ends_in_a_crash(self):
        self.arrow()
        for name in ("pets.parquet", "pets.arrow", "pets.arrows", "pets.feather"):
            whole = (FORMATS / name).read_bytes()
            for at in range(0, len(whole), len(whole) // 25):
                self.put(name, whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
                self.fallline("train", name, "--target", "pet", code=(0, 2, 5, 6))

    def test_cut_or_long_arrays_name_the_byte(self):
        whole = npy("<f8", (10, 3), [float(i) for i in range(30)])
        self.put("t.npy", whole[:-1])
        self.assertIn("t.npy, byte 128", self.refused(5, "train", "t.npy", "--target", "@2"))
        self.put("t.npy", whole + b"x")
        self.assertIn("longer than its header says", self.refused(5, "train", "t.npy", "--target", "@2"))
        self.put("t-ubyte", idx(8, (4, 2), range(8))[:-1])
        self.assertIn("t-ubyte, byte 12", self.refused(5, "train", "t-ubyte", "--target", "@1"))
        self.put("t.npy", whole[:40])
        self.assertIn("cut off in its header", self.refused(5, "train", "t.npy", "--target", "@2"))

    def test_arrays_of_text_and_objects_are_refused_with_advice(self):
        for code, word in (("<U5", "text"), ("|O", "objects"), ("<M8[s]", "times"), ("<c16", "complex")):
            header = f"{{'descr': '{code}', 'fortran_order': False, 'shape': (2,), }}\n".encode()
            self.put("t.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + b"\0" * 40)
            self.assertIn(word, self.refused(5, "train", "t.npy", "--target", "@0"))

    def test_half_a_packed_file_is_never_used(self):
        packed = gzip.compress(PETS.read_bytes())
        self.put("t.csv.gz", packed[:-9])
        self.assertIn(f"t.csv.gz, byte {len(packed) - 9}", self.refused(5, "train", "t.csv.gz", "--target", "pet"))

    def test_labels_must_be_one_for_each_row(self):
        pixels, labels, _ = self.digits()
        self.put("x.npy", npy("|u1", (12, 6), pixels))
        self.put("y.npy", npy("|u1", (11,), labels[:11]))
        self.assertIn("11 labels for the 12 rows", self.refused(5, "train", "x.npy", "--labels", "y.npy"))
        self.assertIn("--labels", self.refused(2, "train", "x.npy", "--labels", "y.npy", "--target", "@1"))
        self.assertIn("--labels", self.refused(2, "train", PETS, "--labels", "y.npy"))
        self.assertIn("--labels FILE", self.refused(2, "train", "x.npy"))


class Names(Formats):
    def test_file_of_another_format_than_its_name_says_is_refused(self):
        cases = {
            "a.csv": ((FORMATS / "pets.parquet").read_bytes(), "is a Parquet file, not a CSV file as its name says"),
            "b.csv": (gzip.compress(b"a,b\n1,2\n"), "is packed with gzip"),
            "c.csv": (b"PK\x03\x04" + b"\0" * 60, "Excel"),
            "d.csv": (b"SQLite format 3\0" + b"\0" * 60, "SQLite"),
            "e.tsv": (b"%PDF-1.7\n", "PDF"),
            "f.npy": ((FORMATS / "pets.arrow").read_bytes(), "is an Arrow file, not a .npy file"),
            "g.csv.gz": (PETS.read_bytes(), "is no gzip file"),
            "h.csv.gz": (gzip.compress((FORMATS / "pets.parquet").read_bytes()), "is a Parquet file"),
            "i.npy": (b"a,b\n1,2\n", "is no .npy file"),
            "j-ubyte": (b"a,b\n1,2\n", "is no IDX file"),
            "k.csv": (b"", "is empty"),
        }
        for name, (content, said) in cases.items():
            self.put(name, content)
            self.assertIn(said, self.refused(5, "train", name, "--target", "y"))

    def test_name_without_format_wants_to_be_told(self):
        self.put("pets.data", PETS.read_bytes())
        self.assertIn("--format csv|tsv|libsvm|parquet|arrow|npy|idx", self.refused(5, "train", "pets.data", "--target", "pet"))
        self.fallline("train", "pets.data", "--target", "pet", "--format", "csv")
        self.assertIn("--format", self.refused(2, "train", "pets.data", "--target", "pet", "--format", "xlsx"))

    def test_packed_parquet_makes_no_sense(self):
        self.put("t.parquet.gz", gzip.compress((FORMATS / "pets.parquet").read_bytes()))
        self.assertIn("Unpack it", self.refused(5, "train", "t.parquet.gz", "--target", "pet"))

    def test_files_of_two_formats_are_refused(self):
        self.assertIn("one format", self.refused(5, "train", PETS, FORMATS / "pets.parquet", "--target", "pet"))

    def test_stdin_of_any_format(self):
        self.arrow()
        words = [self.binary, "train", "-", "--format", "parquet", "--target", "pet", "--out", "model.onnx"]
        with (FORMATS / "pets.parquet").open("rb") as data:
            done = subprocess.run(words, cwd=self.folder, stdin=data, capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        with (FORMATS / "pets.parquet").open("rb") as data:
            done = subprocess.run(words[:3] + words[5:], cwd=self.folder, stdin=data, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 5)
        self.assertIn("--format parquet", done.stderr)

    def test_forms_that_predictions_do_not_have(self):
        self.assertIn(".parquet", self.refused(2, "predict", "model.onnx", PETS, "--out", "p.tsv"))


if __name__ == "__main__":
    main()
