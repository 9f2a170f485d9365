# SPDX-License-Identifier: Apache-2.0
"""--config: the options of the command line under the same names, which the command line overrides."""

import json

from surface import SEED, Surface, main


class Config(Surface):
    def config(self, **options):
        return self.write("config.json", json.dumps({name.replace("_", "-"): value for name, value in options.items()}))

    def test_options_stand_in_a_file(self):
        self.config(target="@1", no_header=True, optimizer="sgd", epochs=3, learning_rate=0.01, shuffle=False)
        final = self.train_json(SEED, "--config", "config.json")
        self.assertEqual((final["epochs"], final["learning_rate"]), (3, 0.01))

    def test_command_line_wins(self):
        self.config(target="@1", no_header=True, optimizer="sgd", epochs=3)
        self.assertEqual(self.train_json(SEED, "--config", "config.json", "--epochs", 2)["epochs"], 2)

    def test_data_and_lists(self):
        self.write("a.csv", 'x,"b,c",y\n1,5,2\n2,6,4.5\n3,2,5\n4,2,9\n')
        self.config(data=["a.csv"], target="y", ignore=["b,c"])
        self.assertEqual(self.train_json("--config", "config.json")["features"], 1)

    def test_config_of_a_run_repeats_it(self):
        how = ("--optimizer", "adam:beta1=0.8", "--epochs", 3, "--batch-size", 16, "--average", "ema:0.9", "--seed", 7)
        self.fallline("train", SEED, "--no-header", "--target", "@1", *how, "--run", "run", "--out", "a.onnx")
        first = (self.folder / "a.onnx").read_bytes()
        self.fallline("train", "--config", "run/config.json", "--out", "b.onnx")
        self.assertEqual((self.folder / "b.onnx").read_bytes(), first)

    def test_unknown_name_offers_the_nearest(self):
        self.config(target="@1", epoch=3)
        said = self.refused(2, "train", SEED, "--config", "config.json")
        self.assertIn('"epoch"', said)
        self.assertIn("Did you mean 'epochs'?", said)

    def test_bad_value_is_told_like_on_the_command_line(self):
        self.config(target="@1", epochs="many")
        self.assertIn("--epochs", self.refused(2, "train", SEED, "--config", "config.json"))

    def test_what_is_no_object(self):
        self.write("config.json", "[1")
        self.assertIn("config.json", self.refused(2, "train", SEED, "--config", "config.json"))
        self.refused(5, "train", SEED, "--config", "none.json")


if __name__ == "__main__":
    main()
