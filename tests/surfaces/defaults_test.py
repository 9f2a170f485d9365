# SPDX-License-Identifier: Apache-2.0
"""Training with nothing tuned reaches the optimum, on tables whose optimum is known in closed form or by Newton's method here."""

import math
import random

from surface import Surface, main

GAP = 0.005  # of the optimum, or of 1% of the loss without any skill


def solve(matrix, right):
    """Gaussian elimination with pivots."""
    n = len(right)
    a = [[*row, b] for row, b in zip(matrix, right, strict=True)]
    for i in range(n):
        pivot = max(range(i, n), key=lambda k: abs(a[k][i]))
        a[i], a[pivot] = a[pivot], a[i]
        for k in range(i + 1, n):
            factor = a[k][i] / a[i][i]
            a[k] = [x - factor * y for x, y in zip(a[k], a[i], strict=True)]
    x = [0.0] * n
    for i in reversed(range(n)):
        x[i] = (a[i][n] - sum(a[i][j] * x[j] for j in range(i + 1, n))) / a[i][i]
    return x


def standardised(rows):
    columns = []
    for column in zip(*rows, strict=True):
        mean = math.fsum(column) / len(column)
        spread = math.sqrt(math.fsum((v - mean) ** 2 for v in column) / len(column))
        columns.append([(v - mean) / spread for v in column])
    return [[1.0, *row] for row in zip(*columns, strict=True)]


def newton(rows, value_slope_bend, l2, steps=60):
    """The least mean loss + l2/2 |w|^2: value_slope_bend(i, score) tells the loss of row i and its derivatives."""
    n, d = len(rows), len(rows[0])
    penalty = [0.0] + [l2] * (d - 1)

    def objective(w):
        scores = [sum(a * b for a, b in zip(row, w, strict=True)) for row in rows]
        told = [value_slope_bend(i, s) for i, s in enumerate(scores)]
        return math.fsum(t[0] for t in told) / n + sum(p * v * v / 2 for p, v in zip(penalty, w, strict=True)), told

    w, (value, told) = [0.0] * d, objective([0.0] * d)
    for _ in range(steps):
        slope = [sum(t[1] * row[j] for t, row in zip(told, rows, strict=True)) / n + penalty[j] * w[j] for j in range(d)]
        bend = [[sum(t[2] * row[j] * row[k] for t, row in zip(told, rows, strict=True)) / n for k in range(d)] for j in range(d)]
        for j in range(d):
            bend[j][j] += penalty[j] + 1e-12
        move, length = solve(bend, slope), 1.0
        while length > 1e-9:
            there = [a - length * b for a, b in zip(w, move, strict=True)]
            below, told_there = objective(there)
            if below < value:
                break
            length /= 2
        if length <= 1e-9 or value - below < 1e-14 * abs(value):
            break
        w, value, told = there, below, told_there
    return value


def squared(y):
    return lambda i, s: ((s - y[i]) ** 2, 2 * (s - y[i]), 2.0)


def logistic(y):
    def at(i, s):
        p = 1 / (1 + math.exp(-s)) if s > -700 else 0.0
        m = s if y[i] else -s
        return max(-m, 0) + math.log1p(math.exp(-abs(m))), p - y[i], p * (1 - p)

    return at


def poisson(y):
    return lambda i, s: (math.exp(s) - y[i] * s, math.exp(s) - y[i], math.exp(s))


def huber(y, delta):
    def at(i, s):
        r = s - y[i]
        cut = max(-delta, min(delta, r))
        return cut * (r - cut / 2), cut, 1.0 if abs(r) < delta else 1e-3

    return at


class Defaults(Surface):
    def setUp(self):
        super().setUp()
        self.random = random.Random(7)

    def rows(self, count, scales):
        return [[self.random.gauss(0, 1) * scale for scale in scales] for _ in range(count)]

    def trained(self, rows, target, *words, names=None):
        names = names or [f"x{j}" for j in range(len(rows[0]))]
        lines = [",".join([*names, "y"])] + [",".join(map(repr, [*row, y])) for row, y in zip(rows, target, strict=True)]
        self.write("table.csv", "\n".join(lines) + "\n")
        return self.train_json("table.csv", "--target", "y", *words)

    def near(self, result, optimum, no_skill):
        self.assertEqual(result["outcome"], "converged", result["why"])
        gap = (result["objective"] - optimum) / max(abs(optimum), 0.01 * abs(no_skill))
        self.assertLess(gap, GAP, result["why"])
        self.assertGreater(gap, -1e-4, "an objective below the optimum is not the one that was asked for")

    def variance(self, y):
        mean = math.fsum(y) / len(y)
        return math.fsum((v - mean) ** 2 for v in y) / len(y)

    def test_columns_of_any_scale_and_targets_of_any_size(self):
        rows = self.rows(200, (1e-6, 1e6, 1, 300))
        score = [x[0] * 1e6 + x[1] * 1e-6 - 2 * x[2] + self.random.gauss(0, 0.5) for x in rows]
        for size in (1, 1e6, 1e-6):
            y = [size * (s + 3) for s in score]
            for l2 in (0, 0.01, 1):
                with self.subTest(size=size, l2=l2):
                    best = newton(standardised(rows), squared([v / size for v in y]), l2) * size**2
                    words = ("--task", "regression", *(("--l2", l2) if l2 else ()))
                    self.near(self.trained(rows, y, *words), best, self.variance(y))

    def test_nearly_equal_equal_and_constant_columns(self):
        rows = self.rows(300, (1, 1))
        rows = [[a, a + 1e-3 * b, a, 7.0] for a, b in rows]
        y = [x[0] + 500 * (x[1] - x[0]) + self.random.gauss(0, 0.1) for x in rows]
        best = newton(standardised([x[:2] for x in rows]), squared(y), 0)
        self.near(self.trained(rows, y, "--task", "regression"), best, self.variance(y))

    def test_two_classes_rare_or_not(self):
        rows = self.rows(400, (1, 100, 0.01))
        for shift in (0, -3):
            y = [int(2 * x[0] + shift + self.random.gauss(0, 1.5) > 0) for x in rows]
            for l2 in (0, 0.01, 1):
                with self.subTest(shift=shift, l2=l2):
                    best = newton(standardised(rows), logistic(y), l2)
                    self.near(self.trained(rows, y, *(("--l2", l2) if l2 else ()), "--task", "classification"), best, 0.5)

    def test_an_outlier_of_a_column(self):
        rows = self.rows(300, (1, 1))
        rows[5][0] = 1e9
        y = [x[1] + self.random.gauss(0, 0.5) for x in rows]
        self.near(self.trained(rows, y, "--task", "regression"), newton(standardised(rows), squared(y), 0), self.variance(y))

    def test_counts_and_robust_losses(self):
        rows = self.rows(300, (1, 5))
        counts = [math.floor(math.exp(0.8 * x[0] + self.random.gauss(0, 0.8))) for x in rows]
        best = newton(standardised(rows), poisson(counts), 0)
        self.near(self.trained(rows, counts, "--loss", "poisson", "--task", "regression"), best, 1)
        y = [x[0] + (50 if i % 20 == 0 else 0) + self.random.gauss(0, 0.3) for i, x in enumerate(rows)]
        best = newton(standardised(rows), huber(y, math.sqrt(self.variance(y))), 0)
        self.near(self.trained(rows, y, "--loss", "huber", "--task", "regression"), best, self.variance(y) / 2)

    def test_medians_and_quantiles_of_groups(self):
        """With a column that tells two groups apart the optimum is each group's own quantile."""
        y = [self.random.expovariate(1) + (10 if i % 2 else 0) for i in range(202)]
        rows = [[float(i % 2)] for i in range(202)]
        for tau in (0.5, 0.1, 0.9):
            best = 0.0
            for group in (sorted(y[0::2]), sorted(y[1::2])):
                best += min(math.fsum(max(tau * (v - q), (tau - 1) * (v - q)) for v in group) for q in group) / 202
            with self.subTest(tau=tau):
                self.near(self.trained(rows, y, "--loss", "quantile", "--quantile-tau", tau, "--task", "regression"), best, 5)
                if tau == 0.5:
                    self.near(self.trained(rows, y, "--loss", "absolute", "--task", "regression"), 2 * best, 5)

    def test_a_hinge_without_a_column_that_helps(self):
        """70 of 100 rows say yes and the column is the same for both: best is a constant +1, which costs 2 for each of the 30."""
        rows = [[float(i // 2 % 2)] for i in range(200)]
        y = ["yes" if i // 4 % 10 < 7 else "no" for i in range(200)]
        lines = ["x,y"] + [f"{x[0]},{v}" for x, v in zip(rows, y, strict=True)]
        self.write("votes.csv", "\n".join(lines) + "\n")
        self.near(self.train_json("votes.csv", "--target", "y", "--loss", "hinge"), 0.6, 0.6)

    def test_sparse_weights_by_l1(self):
        """Columns that do not touch each other: each weight is the plain one moved towards 0 by l1/2."""
        rows = [[(-1.0, 1.0)[i % 2], (-1.0, 1.0)[i // 2 % 2], (-1.0, 1.0)[i // 4 % 2]] for i in range(80)]
        noise = [(-0.5, 0.5)[i // 8 % 2] for i in range(80)]
        y = [2 * x[0] + 0.2 * x[1] + e for x, e in zip(rows, noise, strict=True)]
        best = 0.25 + (0.25**2 + 0.5 * 1.75) + 0.2**2  # l1 0.5: weights 1.75, 0, 0
        self.near(self.trained(rows, y, "--l1", 0.5, "--task", "regression"), best, self.variance(y))

    def test_few_rows(self):
        for count in (5, 20):
            rows = self.rows(count, (1, 1))
            y = [x[0] + self.random.gauss(0, 1) for x in rows]
            with self.subTest(count=count):
                self.near(self.trained(rows, y, "--task", "regression"), newton(standardised(rows), squared(y), 0), self.variance(y))

    def test_classes_that_can_be_told_apart_are_named_as_such(self):
        rows = self.rows(100, (1, 1))
        result = self.trained(rows, [int(x[0] > 0.1) for x in rows], "--task", "classification")
        self.assertLess(result["objective"], GAP * 0.01)
        self.assertTrue(any("no minimum" in warning for warning in result["warnings"]), result["warnings"])

    def test_named_rules_come_near_on_mini_batches_with_a_rate_of_their_own(self):
        rows = self.rows(1000, (1, 1e4, 1e-4))
        rows[3][0] = 300.0
        y = [x[1] * 1e-4 + self.random.gauss(0, 1) for x in rows]
        best = newton(standardised(rows), squared(y), 0)
        for name in ("sgd", "momentum", "nesterov", "adam", "rmsprop", "adagrad"):
            with self.subTest(name=name):
                result = self.trained(rows, y, "--optimizer", name, "--task", "regression")
                self.assertLess(result["objective"], 1.02 * best, result["why"])


if __name__ == "__main__":
    main()
