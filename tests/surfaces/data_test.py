# SPDX-License-Identifier: Apache-2.0
"""Ways to name data: stdin, several files, globs, formats, dialects."""

from surface import SEED, Surface, main


class Data(Surface):
    def loss(self, *words, **more):
        return self.train_json(*words, **more)["train_loss"]

    def test_stdin_is_as_good_as_the_file(self):
        named = self.loss(SEED, "--no-header", "--target", "@1")
        self.assertEqual(self.loss("-", "--no-header", "--target", "@1", stdin=SEED.read_text()), named)

    def test_stdin_stands_alone(self):
        self.assertIn("stdin", self.refused(2, "train", "-", SEED, "--target", "@1"))

    def test_empty_stdin_is_a_data_error(self):
        self.assertIn("stdin", self.refused(5, "train", "-", "--target", "y"))

    def test_pattern_is_expanded_where_the_shell_did_not(self):
        self.write("part-1.csv", "x,y\n1,2\n2,4.5\n")
        self.write("part-2.csv", "x,y\n3,5.5\n4,8\n")
        self.assertEqual(self.train_json("part-*.csv", "--target", "y")["rows"], 4)
        self.assertIn("nothing-*.csv", self.refused(5, "train", "nothing-*.csv", "--target", "y"))

    def test_tsv_by_name_and_by_format(self):
        text = "x\ty\n1\t2\n2\t4.5\n3\t5\n"
        self.write("a.tsv", text)
        self.write("a.dat", text)
        by_name = self.loss("a.tsv", "--target", "y")
        self.assertEqual(self.loss("a.dat", "--format", "tsv", "--target", "y"), by_name)

    def test_name_without_a_known_ending_needs_format(self):
        self.write("a.dat", "x,y\n1,2\n")
        self.assertIn("--format", self.refused(5, "train", "a.dat", "--target", "y"))

    def test_decimal_commas(self):
        self.write("de.csv", "x;y\n1,5;2\n2,5;4,5\n3,5;5\n")
        self.write("en.csv", "x,y\n1.5,2\n2.5,4.5\n3.5,5\n")
        german = self.loss("de.csv", "--delimiter", "semicolon", "--decimal", ",", "--target", "y")
        self.assertEqual(german, self.loss("en.csv", "--target", "y"))
        self.assertIn("--delimiter", self.refused(2, "train", "de.csv", "--decimal", ",", "--target", "y"))

    def test_missing_texts_of_training_hold_at_prediction(self):
        rows = [f"{i if i % 7 else '-'},{i * 2 + i % 3}" for i in range(1, 60)]
        self.write("a.csv", "x,y\n" + "\n".join(rows) + "\n")
        self.fallline("train", "a.csv", "--target", "y", "--missing", "-")
        self.write("new.csv", "x\n-\n3\n")
        self.assertEqual(len(self.fallline("predict", "model.onnx", "new.csv").stdout.splitlines()), 3)

    def test_negative_index_and_types_and_columns(self):
        self.write("a.csv", "code,x,y\n1,1,2\n2,2,4.5\n1,3,5\n2,4,9\n")
        self.assertEqual(self.train_json("a.csv", "--target", "@-1", "--ignore", "code")["features"], 1)
        self.assertEqual(self.train_json("a.csv", "--target=y", "--features", "code,x")["features"], 2)
        self.assertEqual(self.train_json("a.csv", "--target", "y", "--types", "code=text")["rows"], 4)


if __name__ == "__main__":
    main()
