# SPDX-License-Identifier: Apache-2.0
"""From LIBSVM text to a model with nothing but defaults: a9a. a9a.py FALLLINE

The objective must be the optimum that SciPy finds on the matrix that scikit-learn reads, and the test accuracy the known one; the model
file must be the same for any number of threads, and give the same answers in onnxruntime.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import scipy.optimize
import scipy.special
from program import Program, Verdicts, shared_text
from sklearn.datasets import load_svmlight_file

WIDTH = 123


def optimum(x, sign: np.ndarray, l2: float) -> float:
    """The least mean of log(1 + exp(-m)) + l2/2 |w|^2, the intercept free."""

    def value_and_gradient(w):
        m = sign * (x @ w[1:] + w[0])
        slope = -sign * scipy.special.expit(-m) / len(sign)
        gradient = np.concatenate([[slope.sum()], x.T @ slope + l2 * w[1:]])
        return np.logaddexp(0, -m).mean() + l2 / 2 * w[1:] @ w[1:], gradient

    options = {"maxiter": 20000, "maxfun": 20000, "ftol": 1e-12, "gtol": 1e-8}
    return float(scipy.optimize.minimize(value_and_gradient, np.zeros(WIDTH + 1), jac=True, method="L-BFGS-B", options=options).fun)


def parity(program: Program, model: Path, test: Path, x) -> float:
    """The largest difference of a probability between `predict` and onnxruntime."""
    session = onnxruntime.InferenceSession(str(model))
    theirs = session.run(["probabilities"], {"x": x.toarray().astype(np.float32)})[0]
    ours = np.array([[float(row["p_-1"]), float(row["p_1"])] for row in program.predict(model, test)])
    return float(np.abs(ours - theirs).max())


def main() -> int:
    program, verdicts = Program(sys.argv[1]), Verdicts()
    texts = [shared_text("a9a/a9a.gz"), shared_text("a9a/a9a.t.gz")]
    if None in texts:
        return 0
    with tempfile.TemporaryDirectory(prefix="fallline-") as folder:
        here = Path(folder)
        train, test, model = here / "a9a.svm", here / "a9a.t.svm", here / "a9a.onnx"
        train.write_text(texts[0], encoding="utf-8")
        test.write_text(texts[1], encoding="utf-8")
        x, y = load_svmlight_file(str(train), n_features=WIDTH)
        x_test, _ = load_svmlight_file(str(test), n_features=WIDTH)

        for l2, options in ((0.0, ()), (1e-3, ("--l2", "0.001"))):
            program.train(train, *options, out=model)
            best = optimum(x, y, l2)
            weights = penalty(program, model)
            reached = program.evaluate(model, train)["log_loss"] + l2 / 2 * weights
            gap = (reached - best) / max(best, 0.01 * np.log(2))
            verdicts.claim(abs(gap) < 1e-4, f"a9a, l2 {l2:g}: objective {reached:.7f}, optimum {best:.7f}, gap {gap:.2e}")

        summary = program.train(train, out=model)
        verdicts.claim(summary["outcome"] == "converged", f"a9a with defaults: {summary['outcome']}")
        accuracy = program.evaluate(model, test)["accuracy"]
        verdicts.claim(0.849 <= accuracy <= 0.851, f"a9a.t: accuracy {100 * accuracy:.2f}% (84.9% to 85.1%)")
        worst = parity(program, model, test, x_test)
        verdicts.claim(worst <= 1e-6, f"a9a.t: onnxruntime's probabilities differ by {worst:.1e} at most")
        models = []
        for threads in (1, 2, 3):
            program.run("train", train, "--threads", threads, "--out", model)
            models.append(model.read_bytes())
        verdicts.claim(models[0] == models[1] == models[2], "a9a: 1, 2 and 3 threads write the same model")
    return verdicts.done()


def penalty(program: Program, model: Path) -> float:
    """|w|^2 of the weights that were penalised."""
    lines = program.run("show", model, "--csv").splitlines()[2:]
    return sum(float(line.rsplit(",", 1)[1]) ** 2 for line in lines)


if __name__ == "__main__":
    sys.exit(main())
