# SPDX-License-Identifier: Apache-2.0
"""descend: its paths against update rules written out here, its endings, restarts and noise, the trace and what it refuses."""

import csv
import json
import math
from collections import Counter

from surface import Surface, main

FORMULA = "exp(x/3) + exp(-x) + (x - 2*y)^2/2 + cos(y)"


def rosenbrock(p):
    x, y = p
    r = y - x * x
    return 100 * r * r + (1 - x) ** 2, [-400 * x * r - 2 * (1 - x), 200 * r]


def bowl(p):
    scales = (1, 5, 25)
    return sum(k * x * x for k, x in zip(scales, p, strict=True)) / 2, [k * x for k, x in zip(scales, p, strict=True)]


def typed(p):
    x, y = p
    value = math.exp(x / 3) + math.exp(-x) + (x - 2 * y) ** 2 / 2 + math.cos(y)
    return value, [math.exp(x / 3) / 3 - math.exp(-x) + x - 2 * y, -2 * (x - 2 * y) - math.sin(y)]


# Each rule: (gradient coordinate, its memory, step number from 1, learning rate) -> what is taken from the coordinate.
def sgd(g, _memory, _t, rate):
    return rate * g


def momentum(g, memory, _t, rate):
    memory["v"] = 0.9 * memory["v"] + g
    return rate * memory["v"]


def nesterov(g, memory, _t, rate):
    memory["v"] = 0.9 * memory["v"] + g
    return rate * (g + 0.9 * memory["v"])


def adagrad(g, memory, _t, rate):
    memory["sum"] += g * g
    return rate * g / (math.sqrt(memory["sum"]) + 1e-10)


def rmsprop(g, memory, _t, rate):
    memory["v"] = 0.99 * memory["v"] + 0.01 * g * g
    return rate * g / (math.sqrt(memory["v"]) + 1e-8)


def adam(g, memory, t, rate):
    memory["m"] = 0.9 * memory["m"] + 0.1 * g
    memory["v"] = 0.999 * memory["v"] + 0.001 * g * g
    return rate * (memory["m"] / (1 - 0.9**t)) / (math.sqrt(memory["v"] / (1 - 0.999**t)) + 1e-8)


RULES = {  # learning rates for rosenbrock, bowl, formula
    sgd: (1e-3, 0.05, 0.1),
    momentum: (2e-4, 0.02, 0.05),
    nesterov: (2e-4, 0.02, 0.05),
    adagrad: (0.1, 0.5, 0.5),
    rmsprop: (0.003, 0.02, 0.02),
    adam: (0.02, 0.1, 0.1),
}
FUNCTIONS = (
    (rosenbrock, ["rosenbrock"], [-1.2, 1.0]),
    (bowl, ["bowl:condition=25", "--dimension", 3], [4.0, -3.5, 2.25]),
    (typed, [FORMULA], [2.5, -1.5]),
)


def path(function, start, rule, rate, steps):
    x = list(start)
    memories = [Counter() for _ in x]
    rows = []
    for t in range(1, steps + 2):
        value, gradient = function(x)
        rows.append([*x, value, math.hypot(*gradient)])
        x = [a - rule(g, memory, t, rate) for a, g, memory in zip(x, gradient, memories, strict=True)]
    return rows


class Descend(Surface):
    def descend(self, *words, **more):
        return json.loads(self.fallline("descend", *words, "--json", **more).stdout)

    def trace(self, *words, **more):
        self.fallline("descend", *words, "--trace", "t.csv", **more)
        with (self.folder / "t.csv").open(encoding="utf-8") as file:
            return list(csv.reader(file))


class Paths(Descend):
    def test_traces_follow_the_rules_written_out(self):
        for rule, rates in RULES.items():
            for (function, words, start), rate in zip(FUNCTIONS, rates, strict=True):
                with self.subTest(rule=rule.__name__, function=function.__name__):
                    at = "--start=" + ",".join(map(str, start))
                    how = ("--optimizer", rule.__name__, "--learning-rate", rate, "--steps", 200)
                    rows = self.trace(*words, at, *how)[1:]
                    expected = path(function, start, rule, rate, 200)
                    self.assertEqual(len(rows), 201)
                    for row, wanted in zip(rows, expected, strict=True):
                        for cell, number in zip(row[1:], wanted, strict=True):
                            self.assertLessEqual(abs(float(cell) - number), 1e-9 * max(abs(number), 1e-3), row)

    def test_the_chain_is_obeyed(self):
        def shaped(p):
            value, g = bowl(p)
            return value + 0.05 * sum(x * x for x in p), g

        def clipped(p):
            g = [max(-10.0, min(10.0, a)) for a in bowl(p)[1]]
            length = math.hypot(*g)
            return 0, [a * min(1, 5 / length) + 0.1 * x for a, x in zip(g, p, strict=True)]

        words = ["bowl:condition=25", "--dimension", 3, "--start=4,-3.5,2.25", "--optimizer", "sgd", "--learning-rate", 0.05]
        rows = self.trace(*words, "--steps", 50, "--clip-value", 10, "--clip-norm", 5, "--l2", 0.1)[1:]
        expected = path(clipped, [4, -3.5, 2.25], sgd, 0.05, 50)
        for row, wanted in zip(rows, expected, strict=True):
            for cell, number in zip(row[1:4], wanted, strict=False):
                self.assertAlmostEqual(float(cell), number, places=9)
            self.assertAlmostEqual(float(row[4]), shaped(wanted[:3])[0], places=8)

    def test_trace_has_a_row_a_point_with_seventeen_digits(self):
        header, *rows = self.trace("bowl", "--dimension", 3, "--optimizer", "adam", "--steps", 7)
        self.assertEqual(header, ["step", "x0", "x1", "x2", "value", "gradient_norm"])
        self.assertEqual([row[0] for row in rows], [str(i) for i in range(8)])
        self.assertEqual(rows[0][1:4], ["4", "4", "4"])
        for row in rows:
            self.assertEqual(row[1:], [f"{float(cell):.17g}" for cell in row[1:]])
        self.assertEqual(self.files(), ["t.csv"])

    def test_noise_is_the_same_for_the_same_seed_alone(self):
        def noisy(seed):
            return self.trace("bowl", "--optimizer", "sgd", "--noise", 0.5, "--seed", seed, "--steps", 20)

        first, again, other = noisy(3), noisy(3), noisy(4)
        self.assertEqual(first, again)
        self.assertNotEqual(first[2], other[2])
        plain = self.trace("bowl", "--optimizer", "sgd", "--steps", 20)
        self.assertEqual(plain[1], first[1])
        self.assertNotEqual(plain[2], first[2])


class Endings(Descend):
    def test_the_default_method_reaches_the_minimum(self):
        for name, words in (("rosenbrock", []), ("booth", []), ("matyas", []), ("beale", []), ("rosenbrock", ["--dimension", 20])):
            final = self.descend(name, *words)
            self.assertEqual((final["outcome"], final["optimizer"]), ("converged", "l-bfgs"))
            self.assertLess(final["distance"], 1e-6)
        self.assertEqual(final["dimension"], 20)

    def test_the_final_object(self):
        final = self.descend("rosenbrock", "--optimizer", "adam", "--start", "-1.2,1", "--steps", 30)
        names = (
            "outcome why evidence function dimension optimizer learning_rate start x value gradient_norm steps evaluations minima distance"
        )
        self.assertEqual(list(final), [*names.split(), "warnings"])
        self.assertEqual((final["outcome"], final["start"], final["steps"], final["learning_rate"]), ("budget", [-1.2, 1], 30, 0.001))
        self.assertEqual((final["minima"], final["warnings"]), ([], []))
        self.assertIsNone(self.descend("x^2")["distance"])

    def test_text_tells_how_it_ended(self):
        said = self.fallline("descend", "rosenbrock").stdout
        for part in ("Converged", "24.2 at (-1.2, 1)", "known", "value 0 at (1, 1)", "steps"):
            self.assertIn(part, said)
        self.assertNotIn("⠀", said)

    def test_leaving_the_box_is_divergence_and_expected_without_a_bottom(self):
        how = ("--optimizer", "sgd", "--learning-rate", 0.1)
        final = self.descend("saddle", *how, "--start=1,0.01", code=3)
        self.assertEqual(final["outcome"], "diverged")
        for part in ("[-30, 30]", "unbounded below", "expected end"):
            self.assertIn(part, final["why"])
        rows = self.trace("saddle", *how, "--start=1,0.01", code=3)[1:]
        self.assertEqual([abs(float(row[2])) > 30 for row in rows].index(True), len(rows) - 1)
        final = self.descend("bowl", "--optimizer", "sgd", "--learning-rate", 1, code=3)
        self.assertNotIn("expected", final["why"])
        self.assertIn("--learning-rate", final["why"])
        self.assertEqual(self.descend("x^2 - y^2", *how, code=3)["outcome"], "diverged")

    def test_a_formula_may_have_its_minimum_far_out(self):
        final = self.descend("(x - 1000)^2 + abs(y - 2)^3")
        self.assertEqual(final["outcome"], "converged")
        self.assertAlmostEqual(final["x"][0], 1000, places=4)

    def test_steps_that_jump_to_and_fro_are_stalled(self):
        final = self.descend("bowl", "--optimizer", "signsgd", "--learning-rate", 8, code=4)
        self.assertEqual(final["outcome"], "stalled")

    def test_an_end_on_a_saddle_is_no_silent_success(self):
        final = self.descend("saddle")
        self.assertIn("no minimum", final["warnings"][0])
        self.assertIn("no minimum", self.fallline("descend", "saddle").stderr)
        self.assertEqual(self.fallline("descend", "saddle", "--log", "quiet").stderr, "")

    def test_tolerance_stops_early_and_given_steps_do_not(self):
        how = ("bowl", "--optimizer", "momentum", "--learning-rate", 0.01)
        loose, tight = self.descend(*how, "--tolerance", 0.1), self.descend(*how, "--tolerance", 1e-6)
        self.assertLess(loose["steps"], tight["steps"])
        spent = self.descend(*how, "--steps", 900)
        self.assertEqual((spent["outcome"], spent["steps"]), ("converged", 900))

    def test_every_stage_of_the_chain_is_an_option_and_a_setting(self):
        for options, settings in (
            (("--clip-adaptive", 0.1), "clip_adaptive=0.1"),
            (("--lookahead", 5, "--lookahead-share", 0.8), "lookahead=5,lookahead_share=0.8"),
            (("--l1", 0.1, "--l1-form", "truncated", "--truncate-every", 3), "l1=0.1,l1_form=truncated,truncate_every=3"),
            (("--l1", 0.1, "--l1-form", "cumulative"), "l1=0.1,l1_form=cumulative"),
            (("--average", "mean:10:5"), "average=mean,average_start=10,average_every=5"),
            (("--weight-decay", 0.1, "--decay", "l2"), "weight_decay=0.1,decay=l2"),
        ):
            how = ("bowl", "--learning-rate", 0.005, "--steps", 40)
            by_option = self.descend(*how, "--optimizer", "sgd", *options)
            by_setting = self.descend(*how, "--optimizer", f"sgd:{settings}")
            self.assertEqual(by_option["x"], by_setting["x"], settings)
            self.assertNotEqual(by_option["x"], self.descend(*how, "--optimizer", "sgd")["x"], settings)

    def test_a_kink_is_named(self):
        final = self.descend("abs(x)+abs(y)", "--optimizer", "l-bfgs", code=4)
        self.assertIn("kink", final["why"])

    def test_plot_shows_path_and_axes_where_asked_for(self):
        said = self.fallline("descend", "himmelblau", "--plot").stdout
        for part in ("S", "E", "x0", "x1", "S start", "└"):
            self.assertIn(part, said)
        self.assertTrue(any("⠀" < letter <= "⣿" for letter in said))
        self.assertNotIn("\x1b", said)
        self.assertNotIn("└", self.fallline("descend", "bowl", "--dimension", 3, "--plot").stdout)


class Restarts(Descend):
    def test_all_minima_of_himmelblau_whatever_the_threads(self):
        one = self.fallline("descend", "himmelblau", "--restarts", 60, "--seed", 1, "--threads", 1, "--json").stdout
        self.assertEqual(one, self.fallline("descend", "himmelblau", "--restarts", 60, "--seed", 1, "--threads", 4, "--json").stdout)
        minima = json.loads(one)["minima"]
        self.assertEqual(len(minima), 4)
        self.assertEqual(sum(m["count"] for m in minima), 60)
        self.assertEqual([m["value"] for m in minima], sorted(m["value"] for m in minima))
        self.assertEqual(
            sorted(tuple(round(x, 3) for x in m["x"]) for m in minima), [(-3.779, -3.283), (-2.805, 3.131), (3, 2), (3.584, -1.848)]
        )

    def test_the_seed_picks_the_starts_from_the_box(self):
        starts = [self.descend("mccormick", "--restarts", 1, "--seed", seed, "--log", "quiet", code=(0, 3))["start"] for seed in range(8)]
        self.assertEqual(len({tuple(start) for start in starts}), 8)
        for x, y in starts:
            self.assertTrue(-1.5 <= x <= 4 and -3 <= y <= 4)

    def test_local_minima_come_after_the_best(self):
        final = self.descend("double_well", "--restarts", 20)
        self.assertEqual([round(m["value"], 5) for m in final["minima"]], [-0.30543, 0.29415])
        self.assertAlmostEqual(final["value"], -0.305428, places=6)
        self.assertIn("ends found", self.fallline("descend", "double_well", "--restarts", 20).stdout)

    def test_the_trace_is_that_of_the_best(self):
        final = self.descend("double_well", "--restarts", 9, "--trace", "t.csv")
        rows = (self.folder / "t.csv").read_text().splitlines()
        self.assertEqual([float(cell) for cell in rows[1].split(",")[1:3]], final["start"])
        self.assertEqual(len(rows), final["steps"] + 2)


class Refusals(Descend):
    def test_names_offer_the_nearest(self):
        for wrong, right in (
            (("rosenbrok",), "rosenbrock"),
            (("bowl:conditon=3",), "condition"),
            (("bowl", "--optimizer", "adamm"), "adam"),
            (("bowl", "--schedule", "cosin"), "cosine"),
            (("bowl", "--step", "3"), "--steps"),
        ):
            self.assertIn(f"'{right}'", self.refused(2, "descend", *wrong))
        self.assertIn("--report", self.refused(2, "descend", "bowl", "--report", "page.html"))

    def test_formulas_point_at_the_fault(self):
        done = self.fallline("descend", "(1-x)^2 + 100*(y-x^2^)", code=2)
        self.assertIn("formula:22", done.stderr)
        self.assertEqual(done.stderr.splitlines()[-1].index("^"), 2 + 21)
        self.assertEqual(self.fallline("descend", "x +* 2", code=2).stdout, "")

    def test_starts(self):
        for words, part in (
            (("rosenbrock", "--start=1"), "2 numbers"),
            (("x^2", "--start=1,2"), "1 number"),
            (("rosenbrock", "--start=1,nan"), "finite"),
            (("rosenbrock", "--start=1,inf"), "finite"),
            (("rosenbrock", "--start=1,x"), "'x'"),
            (("log(x)", "--start=-1"), "not finite"),
            (("rosenbrock", "--dimension", 1), "dimensions"),
            (("x + y^2", "--dimension", 5), "2 of them"),
            (("bowl", "--start=1,1", "--restarts", 3), "--restarts"),
            (("bowl", "--noise", -1), "--noise"),
            (("bowl", "--clip-norm", 1), "clipping"),
            ((), "FUNCTION"),
            (("bowl", "booth"), "FUNCTION"),
        ):
            self.assertIn(part, self.refused(2, "descend", *words))

    def test_signs_in_front(self):
        self.assertEqual(self.descend("-x + exp(x)", "--start", "-0.5")["outcome"], "converged")
        self.assertEqual(self.descend("rosenbrock", "--start", "-1.2,1"), self.descend("rosenbrock", "--start=-1.2,1"))

    def test_a_trace_without_room(self):
        said = self.refused(6, "descend", "bowl", "--trace", "none/t.csv")
        self.assertIn("--trace", said)
        self.assertIn("none/t.csv", said)
        self.refused(6, "descend", "bowl", "--trace", "/dev/full")
        self.assertEqual(self.files(), [])


if __name__ == "__main__":
    main()
