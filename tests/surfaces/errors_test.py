# SPDX-License-Identifier: Apache-2.0
"""What the program refuses: the exit code, and that the sentence names what was wrong and what to try."""

from surface import SEED, Surface, main


class Usage(Surface):
    def test_no_verb(self):
        self.assertIn("--help", self.refused(2))

    def test_unknown_verb_offers_the_nearest(self):
        self.assertIn("Did you mean 'train'?", self.refused(2, "trian", SEED))
        self.assertIn("train", self.refused(2, "race"))

    def test_unknown_option_offers_the_nearest(self):
        self.assertIn("Did you mean '--epochs'?", self.refused(2, "train", SEED, "--epoch", "3"))
        self.assertIn("'--hiden'", self.refused(2, "train", SEED, "--target", "@1", "--hiden=4"))
        self.assertIn("Did you mean '--out'?", self.refused(2, "predict", "m.onnx", SEED, "--ou", "x.csv"))

    def test_unknown_optimizer_schedule_model_and_loss_offer_the_nearest(self):
        for option, wrong, right in (
            ("--optimizer", "adamm", "adam"),
            ("--schedule", "cosin", "cosine"),
            ("--model", "logistics", "logistic"),
            ("--loss", "squarred", "squared"),
        ):
            said = self.refused(2, "train", SEED, "--target", "@1", option, wrong)
            self.assertIn(f"'{right}'", said)
            self.assertIn(option, said)

    def test_unknown_setting_of_an_optimizer(self):
        self.assertIn("beta1", self.refused(2, "train", SEED, "--target", "@1", "--optimizer", "adam:beta_1=0.9"))

    def test_bad_values_name_option_value_and_what_is_allowed(self):
        for option, value, allowed in (
            ("--epochs", "0", "whole number"),
            ("--epochs", "many", "whole number"),
            ("--learning-rate", "-1", "above 0"),
            ("--l2", "-0.1", "number in"),
            ("--batch-size", "none", "full"),
            ("--shuffle", "yes", "on or off"),
            ("--validation", "1.5", "number in"),
            ("--precision", "half", "float or double"),
            ("--average", "median", "ema"),
            ("--types", "x=date", "number"),
            ("--delimiter", "ab", "character"),
        ):
            said = self.refused(2, "train", SEED, "--target", "@1", option, value)
            self.assertIn(option, said)
            self.assertIn(f"'{value}'", said)
            self.assertIn(allowed, said)

    def test_option_without_its_value(self):
        self.assertIn("--target", self.refused(2, "train", SEED, "--target"))
        self.assertIn("--target", self.refused(2, "train", SEED, "--target", "--json"))

    def test_flag_with_a_value(self):
        self.assertIn("--json", self.refused(2, "train", SEED, "--target", "@1", "--json=yes"))

    def test_missing_arguments(self):
        self.assertIn("DATA", self.refused(2, "train", "--target", "y"))
        self.assertIn("MODEL", self.refused(2, "predict"))
        self.assertIn("MODEL", self.refused(2, "show"))

    def test_option_that_does_not_fit_the_target(self):
        self.assertIn("squared", self.refused(2, "train", self.two_classes(), "--target", "pet", "--loss", "squared"))


class Data(Surface):
    def test_missing_file_offers_the_nearest(self):
        self.write("houses.csv", "x,y\n1,2\n")
        self.assertIn("Did you mean 'houses.csv'?", self.refused(5, "train", "house.csv", "--target", "y"))

    def test_empty_file(self):
        self.write("a.csv", "")
        self.assertIn("empty", self.refused(5, "train", "a.csv", "--target", "y"))

    def test_header_only(self):
        self.write("a.csv", "x,y\n")
        self.assertIn("no rows", self.refused(5, "train", "a.csv", "--header", "--target", "y"))

    def test_directory(self):
        self.assertIn("directory", self.refused(5, "train", self.folder, "--target", "y"))

    def test_target_that_is_not_there_offers_the_nearest_and_lists_the_columns(self):
        self.write("a.csv", "size,price\n1,2\n2,3\n")
        said = self.refused(2, "train", "a.csv", "--target", "prize")
        self.assertIn("Did you mean 'price'?", said)
        self.assertIn("size", said)

    def test_no_target_lists_the_columns(self):
        self.write("a.csv", "size,price\n1,2\n2,3\n")
        self.assertIn("size, price", self.refused(2, "train", "a.csv"))

    def test_bad_cell_is_told_with_line_column_and_value(self):
        self.write("a.csv", "x,y\n" + "".join(f"{i},{i}.5\n" for i in range(150)) + "oops,3\n")
        said = self.refused(5, "train", "a.csv", "--target", "y")
        for part in ("a.csv:152", "'x'", "'oops'"):
            self.assertIn(part, said)

    def test_target_with_one_class(self):
        self.write("a.csv", "x,y\n1,cat\n2,cat\n3,cat\n")
        self.assertIn("y", self.refused(5, "train", "a.csv", "--target", "y"))

    def test_ragged_row(self):
        self.write("a.csv", "x,y\n1,2\n1,2,3\n")
        self.assertIn("a.csv:3", self.refused(5, "train", "a.csv", "--target", "y"))

    def test_nothing_is_written_on_errors(self):
        self.write("a.csv", "x,y\n1,cat\n2,cat\n")
        self.refused(5, "train", "a.csv", "--target", "y")
        self.assertEqual(self.files(), ["a.csv"])

    def test_predict_without_a_column_of_the_model(self):
        self.fallline("train", self.two_classes(), "--target", "pet")
        self.write("new.csv", "weight\n3\n")
        self.assertIn("coat", self.refused(5, "predict", "model.onnx", "new.csv"))

    def test_what_is_no_model(self):
        self.write("model.onnx", "not a model")
        self.assertIn("model.onnx", self.refused(5, "predict", "model.onnx", SEED))
        self.assertIn("none.onnx", self.refused(5, "show", "none.onnx"))

    def test_counts_that_are_negative_are_refused(self):
        self.write("counts.csv", "x,y\n" + "".join(f"{i},{3 - i % 5}\n" for i in range(20)))
        for how in ((), ("--online",), ("--hidden", 4)):
            said = self.refused(5, "train", "counts.csv", "--target", "y", "--task", "regression", "--loss", "poisson", *how)
            self.assertIn("'y' is -1", said)
            self.assertIn("--loss poisson is for counts, which are 0 or more", said)


if __name__ == "__main__":
    main()
