# SPDX-License-Identifier: Apache-2.0
"""Max-norm, gradient noise and label smoothing: what they do to a model, and where they are refused."""

import json
import math

from surface import SEED, Surface, main

LINE = (SEED, "--no-header", "--target", "@-1")
PETS = ("--target", "pet", "--seed", 4)


class MaxNorm(Surface):
    def weights(self, *options):
        points = self.write("plane.csv", "a,b,y\n" + "".join(f"{a},{b},{30 * a - 40 * b}\n" for a in range(5) for b in range(5)))
        self.fallline("train", points, "--target", "y", "--standardize", "off", "--optimizer", "adam", "--epochs", 200, *options)
        (score,) = json.loads(self.fallline("show", "model.onnx", "--json").stdout)["scores"]
        return [float(one["coefficient"]) for one in score["coefficients"]]

    def test_weights_of_a_unit_keep_to_the_norm_in_units_of_the_target(self):
        self.assertAlmostEqual(math.hypot(*self.weights("--max-norm", 5)), 5, places=4)
        self.assertLess(math.hypot(*self.weights("--max-norm", 1000)), 60)

    def test_methods_that_choose_their_own_points_refuse_it(self):
        self.assertIn("max-norm", self.refused(2, "train", *LINE, "--optimizer", "l-bfgs", "--max-norm", 1))
        self.assertIn("max_norm", self.refused(2, "descend", "rosenbrock", "--max-norm", 1))

    def test_a_projected_descent_stays_in_the_ball(self):
        end = json.loads(self.fallline("descend", "booth", "--optimizer", "sgd", "--max-norm", 2, "--json").stdout)
        self.assertAlmostEqual(math.hypot(*end["x"]), 2, places=9)


class GradientNoise(Surface):
    def model(self, *options):
        self.fallline("train", self.two_classes(), *PETS, "--optimizer", "adam", "--epochs", 3, *options)
        return (self.folder / "model.onnx").read_bytes()

    def test_noise_is_a_function_of_the_seed(self):
        noisy = ("--gradient-noise", 0.1)
        self.assertEqual(self.model(*noisy), self.model(*noisy))
        self.assertEqual(self.model(*noisy), self.model(*noisy, "--threads", 2))
        self.assertNotEqual(self.model(*noisy), self.model("--gradient-noise", 0))
        self.assertNotEqual(self.model(*noisy), self.model(*noisy, "--gradient-noise-decay", 2))

    def test_sum_methods_refuse_it(self):
        self.assertIn("noise", self.refused(2, "train", *LINE, "--optimizer", "saga", "--gradient-noise", 1))


class LabelSmoothing(Surface):
    def trained(self, *options):
        self.fallline("train", self.two_classes(), *PETS, *options)
        return json.loads(self.fallline("show", "model.onnx", "--json").stdout)

    def test_it_is_a_field_of_the_loss_in_use(self):
        for options, loss in (
            ((), "logistic:smoothing=0.2"),
            (("--model", "softmax"), "cross_entropy:smoothing=0.2"),
            (("--loss", "cross_entropy"), "cross_entropy:smoothing=0.2"),
        ):
            self.assertEqual(self.trained("--label-smoothing", 0.2, *options)["loss"], loss)
        self.assertEqual(self.trained("--loss", "logistic:smoothing=0.2")["loss"], "logistic:smoothing=0.2")

    def test_log_loss_is_that_of_the_labels_as_they_are(self):
        trained = self.trained("--label-smoothing", 0.2)["trained"]
        measured = json.loads(self.fallline("evaluate", "model.onnx", "pets.csv", "--json").stdout)
        self.assertLess(float(measured["log_loss"]), trained["train_loss"])

    def test_classes_told_apart_have_a_minimum_under_it(self):
        apart = self.write("apart.csv", "x,y\n" + "".join(f"{x},{'no' if x < 5 else 'yes'}\n" for x in range(10)))
        self.assertNotEqual(self.train_json(apart, "--target", "y")["warnings"], [])
        smoothed = self.train_json(apart, "--target", "y", "--label-smoothing", 0.1)
        self.assertEqual((smoothed["outcome"], smoothed["warnings"]), ("converged", []))

    def test_losses_without_it_refuse_it_by_name(self):
        for options in (("--loss", "hinge"), ("--loss", "squared")):
            said = self.refused(2, "train", self.two_classes(), *PETS, "--label-smoothing", 0.1, *options)
            self.assertIn("logistic and cross_entropy", said)
            self.assertIn(options[1], said)
        self.assertIn("squared", self.refused(2, "train", *LINE, "--label-smoothing", 0.1))
        self.assertIn("--label-smoothing", self.refused(2, "train", self.two_classes(), *PETS, "--label-smoothing", 1))


if __name__ == "__main__":
    main()
