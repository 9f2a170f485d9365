# SPDX-License-Identifier: Apache-2.0
"""LIBSVM files from text to model, predictions and metrics; what is refused, with its place."""

import csv
import io
import json

from surface import Surface, main


class Libsvm(Surface):
    def rows(self, name="a.svm", count=80, first=1, head=""):
        """Feature `first` tells the classes apart, but not every time; feature `first` + 2 is large."""
        lines = []
        for i in range(count):
            side = 1 if i % 3 else -1
            wrong = i % 10 == 0
            lines.append(f"{side:+d} {first}:{-side if wrong else side} {first + 1 + i % 2}:{1000 + i} ")
        return self.write(name, head + "\n".join(lines) + "\n")

    def test_train_predict_evaluate_and_show(self):
        self.rows()
        trained = self.fallline("train", "a.svm", "--l2", "0.01", "--json")
        self.assertEqual(json.loads(trained.stdout)["outcome"], "converged")
        self.assertIn("3 features numbered from 1", trained.stderr)
        said = self.fallline("predict", "model.onnx", "a.svm")
        self.assertEqual(said.stderr, "")
        predicted = list(csv.DictReader(io.StringIO(said.stdout)))
        self.assertEqual(len(predicted), 80)
        self.assertEqual(set(predicted[0]), {"prediction", "p_-1", "p_1"})
        metrics = json.loads(self.fallline("evaluate", "model.onnx", "a.svm", "--json").stdout)
        self.assertGreaterEqual(metrics["accuracy"], 0.9)
        shown = json.loads(self.fallline("show", "model.onnx", "--json").stdout)
        self.assertEqual((shown["matrix"]["features"], shown["matrix"]["first_number"]), (3, 1))
        coefficients = {one["feature"]: one for one in shown["scores"][0]["coefficients"]}
        self.assertEqual(set(coefficients), {"1", "2", "3"})
        self.assertAlmostEqual(coefficients["3"]["standardized"], coefficients["3"]["coefficient"] * 1079, places=5)
        self.assertIn("numbered features", self.fallline("show", "model.onnx").stdout)

    def test_other_names_other_widths_and_stdin(self):
        text = self.rows().read_text(encoding="utf-8")
        self.write("a9a", text)
        self.assertIn("--format", self.refused(5, "train", "a9a"))
        self.train_json("a9a", "--format", "libsvm", "--l2", "1")
        said = self.fallline("predict", "model.onnx", "-", "--format", "libsvm", stdin="0 1:1 7:1 8:1\n0 1:-1\n0\n")
        self.assertIn("2 entries with an index above 3", said.stderr)
        self.assertEqual(len(said.stdout.splitlines()), 4)

    def test_numbering_is_kept_by_the_model(self):
        self.rows("zero.svm", first=0)
        self.assertIn("numbered from 0", self.fallline("train", "zero.svm", "--out", "zero.onnx").stderr)
        shown = json.loads(self.fallline("show", "zero.onnx", "--json").stdout)
        self.assertEqual({one["feature"] for one in shown["scores"][0]["coefficients"]}, {"0", "1", "2"})
        self.write("later.svm", "1 1:1\n")
        self.fallline("predict", "zero.onnx", "later.svm")
        self.rows("one.svm")
        self.train_json("one.svm", "--out", "one.onnx")
        said = self.refused(5, "predict", "one.onnx", "zero.svm")
        self.assertIn("zero.svm:1:4: '0:1' has the index 0", said)

    def test_threads_and_files_change_no_byte(self):
        text = self.rows(count=3000).read_text(encoding="utf-8").splitlines(keepends=True)
        self.write("b.svm", "".join(text[:1000]))
        self.write("c.libsvm", "".join(text[1000:]))
        models = []
        for threads, files in ((1, ["a.svm"]), (2, ["a.svm"]), (3, ["b.svm", "c.libsvm"])):
            self.fallline("train", *files, "--threads", threads, "--validation", "0.2", "--log", "quiet", "--out", "m.onnx")
            models.append((self.folder / "m.onnx").read_bytes())
        self.assertEqual(models[0], models[1])
        self.assertEqual(models[0], models[2])

    def test_numbers_as_labels_are_regression(self):
        self.write("r.svm", "".join(f"{0.5 * i + 3} 2:{i}\n" for i in range(40)))
        self.train_json("r.svm", "--out", "r.onnx")
        self.write("new.svm", "0 2:100\n")
        line = self.fallline("predict", "r.onnx", "new.svm").stdout.splitlines()[1]
        self.assertAlmostEqual(float(line), 53, places=1)

    def test_qid_is_ignored_aloud(self):
        self.rows(head="1 qid:4 1:1\n")
        self.assertIn("qid is ignored, in 1 row", self.fallline("train", "a.svm").stderr)

    def test_refusals_name_file_line_and_character(self):
        for line, place, what in (
            ("1:2 3:4", "1", "where its label belongs"),
            ("1 2:1 2:4", "7", "stands twice"),
            ("1 5:1 2:4", "7", "comes after index 5"),
            ("1,2 2:4", "1", "several labels"),
            ("1 2:nan", "3", "not a finite number"),
            ("1 900000000:1", "3", "not a whole number up to 268435456"),
        ):
            self.rows(head=f"1 1:1\n{line}\n")
            said = self.refused(5, "train", "a.svm")
            self.assertIn(f"a.svm:2:{place}: ", said)
            self.assertIn(what, said)
            self.assertEqual(self.files(), ["a.svm"])

    def test_a_model_of_a_table_and_rows_of_numbers_do_not_mix(self):
        self.two_classes()
        self.fallline("train", "pets.csv", "--target", "pet", "--out", "pets.onnx")
        self.rows()
        self.assertIn("'weight'", self.refused(5, "predict", "pets.onnx", "a.svm"))
        self.fallline("train", "a.svm")
        self.assertIn("numbered features", self.refused(5, "predict", "model.onnx", "pets.csv"))


if __name__ == "__main__":
    main()
