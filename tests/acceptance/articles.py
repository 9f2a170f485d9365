# SPDX-License-Identifier: Apache-2.0
"""Each update rule of the articles against its formula in plain Python, over 8,000 steps on 78 rows: articles.py FALLLINE.

A line is fitted to 78 pairs of hours and scores, unscaled, in batches of 10 in the file's order. The reference below is written from
the papers, in float64, and shares nothing with the program but the data.
"""

import math
import sys
import tempfile
from pathlib import Path

from program import ROOT, Program, Verdicts, write_lines

ROWS, BATCH, EPOCHS, RATE = 78, 10, 1000, 1e-4


def sgd():
    """Robbins & Monro 1951"""

    def step(_t, g, _state):
        return RATE * g

    return step


def momentum(mu=0.9):
    """Polyak 1964"""

    def step(_t, g, state):
        state["v"] = mu * state.get("v", 0.0) + g
        return RATE * state["v"]

    return step


def nesterov(mu=0.9):
    """Nesterov 1983, in the form that needs one gradient: Sutskever et al. 2013"""

    def step(_t, g, state):
        state["v"] = mu * state.get("v", 0.0) + g
        return RATE * (g + mu * state["v"])

    return step


def adagrad(epsilon=1e-10):
    """Duchi, Hazan & Singer 2011"""

    def step(_t, g, state):
        state["sum"] = state.get("sum", 0.0) + g * g
        return RATE * g / (math.sqrt(state["sum"]) + epsilon)

    return step


def adadelta(rho=0.9, epsilon=1e-6):
    """Zeiler 2012"""

    def step(_t, g, state):
        before = state.get("d", 0.0)
        state["g"] = rho * state.get("g", 0.0) + (1 - rho) * g * g
        d = math.sqrt(before + epsilon) / math.sqrt(state["g"] + epsilon) * g
        state["d"] = rho * before + (1 - rho) * d * d
        return RATE * d

    return step


def rmsprop(rho=0.99, epsilon=1e-8):
    """Tieleman & Hinton 2012"""

    def step(_t, g, state):
        state["v"] = rho * state.get("v", 0.0) + (1 - rho) * g * g
        return RATE * g / (math.sqrt(state["v"]) + epsilon)

    return step


def adam(beta1=0.9, beta2=0.999, epsilon=1e-8):
    """Kingma & Ba 2014, algorithm 1"""

    def step(t, g, state):
        state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
        return RATE * (state["m"] / (1 - beta1**t)) / (math.sqrt(state["v"] / (1 - beta2**t)) + epsilon)

    return step


def nadam(beta1=0.9, beta2=0.999, epsilon=1e-8, decay=0.004):
    """Dozat 2016"""

    def mu(t):
        return beta1 * (1 - 0.5 * 0.96 ** (t * decay))

    def step(t, g, state):
        state["product"] = product = state.get("product", 1.0) * mu(t)
        state["m"] = beta1 * state.get("m", 0.0) + (1 - beta1) * g
        state["v"] = beta2 * state.get("v", 0.0) + (1 - beta2) * g * g
        n = mu(t + 1) * state["m"] / (1 - product * mu(t + 1)) + (1 - mu(t)) * g / (1 - product)
        return RATE * n / (math.sqrt(state["v"] / (1 - beta2**t)) + epsilon)

    return step


RULES = [sgd, momentum, nesterov, adagrad, adadelta, rmsprop, adam, nadam]


def reference(rule, pairs) -> tuple[float, float]:
    """Slope and intercept after all epochs; the loss is the mean of (p - y)^2 over the batch, the last of which has 8 rows."""
    step, states, w, b, t = rule(), ({}, {}), 0.0, 0.0, 0
    for _ in range(EPOCHS):
        for start in range(0, len(pairs), BATCH):
            batch = pairs[start : start + BATCH]
            residuals = [w * x + b - y for x, y in batch]
            gw = 2 * math.fsum(r * x for r, (x, _) in zip(residuals, batch, strict=True)) / len(batch)
            gb = 2 * math.fsum(residuals) / len(batch)
            t += 1
            w -= step(t, gw, states[0])
            b -= step(t, gb, states[1])
    return w, b


def main() -> int:
    program, verdicts = Program(sys.argv[1]), Verdicts()
    lines = (ROOT / "tests" / "data" / "seed-regression.csv").read_text().split()[:ROWS]
    pairs = [tuple(map(float, line.split(","))) for line in lines]
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        data = write_lines(here / "data.csv", lines)
        for rule in RULES:
            expected = reference(rule, pairs)
            for precision, tolerance in [("float", 1e-5), ("double", 1e-9)]:
                # A rate this small may leave a rule without progress to speak of, which the program says by its exit code.
                result = program.train(
                    data, "--no-header", "--target", "@1", "--model", "linear", "--loss", "squared", "--standardize", "off",
                    "--optimizer", rule.__name__, "--learning-rate", RATE, "--schedule", "constant", "--batch-size", BATCH,
                    "--shuffle", "off", "--epochs", EPOCHS, "--precision", precision,
                    out=here / "model.onnx", codes=(0, 4),
                )  # fmt: skip
                found = program.line(here / "model.onnx", here)
                worst = max(abs(f / e - 1) for f, e in zip(found, expected, strict=True))
                steps = result["steps"] == EPOCHS * math.ceil(ROWS / BATCH)
                verdicts.claim(
                    steps and worst <= tolerance,
                    f"{rule.__name__:<9} {precision:<6} slope {found[0]:.9f} intercept {found[1]:.9f}"
                    f" off by {worst:.1e} (at most {tolerance:g}) after {result['steps']} steps",
                )
    return verdicts.done()


if __name__ == "__main__":
    sys.exit(main())
