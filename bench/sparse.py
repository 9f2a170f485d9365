# SPDX-License-Identifier: Apache-2.0
"""From LIBSVM text to a model, beside Vowpal Wabbit and LIBLINEAR: bench/sparse.py FALLLINE [ROUNDS], or ./dev bench sparse [ROUNDS]

The file has the shape of RCV1 (80,000 rows, 47,000 features, about 66 non-zeros a row); `generate`, which stands beside FALLLINE, makes it.
Fallline is timed as a whole process with all cores. Exit code 1 where a claim does not hold.
  one pass    of logistic regression, beside one pass of Vowpal Wabbit over the same rows in its own text form, its import not counted;
              the loss of both on 20,000 rows more
  optimum     to an objective within 0.1% of the optimum at LIBLINEAR's `-s 0 -c 4` (no intercept), beside LIBLINEAR at -e 0.01
  a9a         the same on a9a
The contenders take turns, and the best of the rounds is compared, since others may use the machine; processor seconds stand beside.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "acceptance"))

from program import Program, Verdicts, shared_text

ROWS, HELD_OUT = 80_000, 20_000
SHAPE = ["--format", "libsvm", "--features", "47000", "--nonzeros", "66"]
COST = 4  # LIBLINEAR's -c
ONE_PASS = ["--loss", "logistic", "--epochs", "1", "--optimizer", "adagrad", "--learning-rate", "0.3"]
NEAR = {"optimum": "0.015", "a9a": "0.0012"}  # the share of the starting gradient that is near enough


def timed(words: list[str], environment=None) -> tuple[float, float, str]:
    """Wall and processor seconds of a process, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=environment, check=False)
    wall = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}\nended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout + done.stderr


class Contender:
    def __init__(self, name: str, words: list[str], environment=None):
        self.name, self.words, self.environment = name, words, environment
        self.times: list[tuple[float, float]] = []
        self.said = ""

    def run(self) -> None:
        wall, processor, self.said = timed(self.words, self.environment)
        own = re.search(r"^seconds (\S+)", self.said, re.MULTILINE)
        self.times.append((float(own.group(1)) if own else wall, processor))

    def best(self) -> float:
        return min(wall for wall, _ in self.times)

    def told(self) -> str:
        return f"{self.name}: best {self.best():.3f} s of {len(self.times)}, processor {min(p for _, p in self.times):.3f} s"


def race(contenders: list[Contender], rounds: int) -> None:
    for _ in range(rounds):
        for contender in contenders:
            contender.run()


def ours(program: Program, file: Path, model: Path, options: list[str]) -> Contender:
    return Contender("fallline", [program.binary, "train", str(file), *options, "--out", str(model), "--json"], program.environment)


def as_vw(libsvm: Path) -> Path:
    """The same rows in Vowpal Wabbit's text form."""
    out = libsvm.with_suffix(".vw")
    with libsvm.open() as lines, out.open("w") as to:
        for line in lines:
            label, _, entries = line.partition(" ")
            to.write(f"{label} | {entries}")
    return out


def vw(arguments: str) -> list[str]:
    return [sys.executable, str(Path(__file__).parent / "peers" / "sparse.py"), arguments]


def one_pass(program: Program, here: Path, train: Path, held_out: Path, rounds: int, verdicts: Verdicts) -> None:
    model = here / "one.onnx"
    mine = ours(program, train, model, ONE_PASS)
    if subprocess.run([sys.executable, "-c", "import vowpalwabbit"], capture_output=True, check=False).returncode != 0:
        print("skip  one pass: Vowpal Wabbit is not installed (bench/peers/sparse.txt)")
        return
    text, other = as_vw(train), as_vw(held_out)
    peer = Contender("Vowpal Wabbit", vw(f"-d {text} --loss_function logistic -b 18 -f {here / 'vw.model'}"))
    race([mine, peer], rounds)
    judged = timed(vw(f"-t -i {here / 'vw.model'} -d {other} --loss_function logistic"))[2]
    loss = float(re.search(r"^average loss = (\S+)", judged, re.MULTILINE).group(1))
    verdicts.note(f"{mine.told()}, loss {program.evaluate(model, held_out)['log_loss']:.4f} on rows held out")
    verdicts.note(f"{peer.told()}, loss {loss:.4f}")
    share = mine.best() / peer.best()
    verdicts.claim(share <= 0.5, f"one pass in {share:.2f} of Vowpal Wabbit's time (at most 0.5)")


def optimum(program: Program, here: Path, name: str, train: Path, most: float, rounds: int, verdicts: Verdicts) -> None:
    if shutil.which("liblinear-train") is None:
        print(f"skip  {name}: LIBLINEAR is not installed (the package liblinear-tools)")
        return
    rows = sum(1 for _ in train.open())
    penalised = ["--loss", "logistic", "--l2", repr(1 / (COST * rows)), "--no-intercept", "--standardize", "off"]
    model = here / "near.onnx"
    least = program.train(train, *penalised, "--tolerance", "1e-7", out=here / "least.onnx", codes=(0, 4))["objective"]
    mine = ours(program, train, model, [*penalised, "--tolerance", NEAR[name]])
    peer = Contender("LIBLINEAR", ["liblinear-train", "-s", "0", "-c", str(COST), "-e", "0.01", str(train), str(here / "ll.model")])
    race([mine, peer], rounds)
    result = json.loads(mine.said[mine.said.index("{") : mine.said.rindex("}") + 1])
    above = result["objective"] / least - 1
    verdicts.note(f"{mine.told()}, {result['epochs']} epochs")
    verdicts.note(f"{peer.told()}")
    verdicts.claim(above <= 1e-3, f"{name}: the objective is {100 * above:.4f}% above the optimum (at most 0.1%)")
    share = mine.best() / peer.best()
    verdicts.claim(share <= most, f"{name}: that in {share:.2f} of LIBLINEAR's time (at most {most})")


def main() -> int:
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    program, verdicts = Program(sys.argv[1]), Verdicts()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        train, held_out = here / "train.svm", here / "held_out.svm"
        generate = str(Path(program.binary).parent / "generate")
        text = subprocess.run([generate, *SHAPE, "--rows", str(ROWS + HELD_OUT)], capture_output=True, text=True, check=True).stdout
        lines = text.splitlines(keepends=True)
        train.write_text("".join(lines[:ROWS]))
        held_out.write_text("".join(lines[ROWS:]))
        one_pass(program, here, train, held_out, rounds, verdicts)
        optimum(program, here, "optimum", train, 0.5, rounds, verdicts)
        a9a = shared_text("a9a/a9a.gz")
        if a9a is not None:
            (here / "a9a.svm").write_text(a9a)
            optimum(program, here, "a9a", here / "a9a.svm", 1.0, rounds, verdicts)
    return verdicts.done()


if __name__ == "__main__":
    sys.exit(main())
