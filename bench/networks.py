# SPDX-License-Identifier: Apache-2.0
"""How fast and how good are networks? bench/networks.py FALLLINE [PART...] [ROUNDS], or ./dev bench networks [PART...] [ROUNDS]

All on Fashion-MNIST in [0, 1], a net of 784-128-10 with relu and Adam at 0.001. Exit code 1 where a claim does not hold.
  speed     seconds an epoch for batches of 32, 128 and 512 beside PyTorch, Keras (JAX, jitted) and scikit-learn, and the share of the
            machine's sgemm peak. Contenders run in processes of their own, an epoch each in turn; reading, compiling and the first
            epoch are not counted; of one and two threads the faster counts for the peers. The best epochs are compared, since others
            may use the machine. An epoch in JAX written by hand stands beside them, without a claim: no library's users train so.
  threads   two threads against one at batches of 512, and the same model file from one, two and three
  accuracy  medians of five seeds after 10 epochs beside PyTorch's from weights drawn in the same way (and, for comparison, in its own)
  deep      two hidden layers with dropout and batch normalisation, 20 epochs
"""

import gzip
import hashlib
import importlib.util
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "acceptance"))

import numpy as np
from program import SHARED, Program, Verdicts

ROWS = 60_000
FLOPS = 2 * (2 * 784 * 128 + 3 * 128 * 10) * ROWS  # forward and gradient of both layers, back through the second
ROUNDS = 7  # in which each contender has its turn
AHEAD = {32: 2.5, 128: 2.0, 512: 1.4}  # of the best peer
PEERS = {"torch": "PyTorch", "keras": "Keras", "sklearn": "scikit-learn", "jax": "JAX by hand"}
CLAIMED = ("torch", "keras", "sklearn")
NET = ["--hidden", "128", "--activation", "relu", "--optimizer", "adam", "--learning-rate", "0.001", "--standardize", "off"]


class Contender:
    """A peer in a process of its own."""

    def __init__(self, name: str, threads: int, batch: int, folder: Path, environment: dict):
        self.name, self.threads, self.times = name, threads, []
        words = [sys.executable, str(Path(__file__).parent / "peers" / "networks.py"), name, str(threads), str(batch), str(folder)]
        self.process = subprocess.Popen(
            words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )

    def ask(self, words: str) -> str:
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("answer "):
                return line.removeprefix("answer ").strip()
        sys.exit(f"{self.name} ended when asked for '{words}'")

    def epoch(self) -> None:
        self.times.append(float(self.ask("epoch")))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


class Fallline:
    """The program. Its own clock tells how long training took without reading; what one epoch takes more or less is in both of two runs."""

    more = 6  # epochs of the long run beyond those of the short one

    def __init__(self, program: Program, folder: Path):
        self.program, self.folder = program, folder

    def train(self, *options) -> float:
        """Seconds that training took."""
        data = [self.folder / "train_x.npy", "--labels", self.folder / "train_y.npy"]
        return self.program.train(*data, *options, "--log", "quiet", out=self.folder / "model.onnx")["seconds"]["train"]

    def runs(self, batch: int, threads: int) -> tuple[float, float]:
        """Seconds of a short and of a long run."""
        own = [*NET, "--batch-size", batch, "--threads", threads, "--epochs"]
        return self.train(*own, 1), self.train(*own, 1 + self.more)

    def epochs(self, runs: list[tuple[float, float]]) -> tuple[float, float]:
        """Seconds an epoch from several pairs of runs: of the fastest ones, and the median. Like is taken from like, so that no epoch seems
        short because a short run was held up."""
        short, long = zip(*runs, strict=True)
        return (min(long) - min(short)) / self.more, (statistics.median(long) - statistics.median(short)) / self.more

    def accuracy(self, seed: int, *options) -> float:
        self.train(*options, "--seed", seed)
        return self.program.evaluate(self.folder / "model.onnx", self.folder / "test_x.npy", "--labels", self.folder / "test_y.npy")[
            "accuracy"
        ]

    def digest(self) -> str:
        return hashlib.sha256((self.folder / "model.onnx").read_bytes()).hexdigest()[:12]


def unpack(folder: Path) -> bool:
    """Fashion-MNIST as arrays; False, said aloud, where this checkout has none beside it."""
    for part, name in (("train", "train"), ("t10k", "test")):
        for kind, header, suffix in (("images-idx3", 16, "x"), ("labels-idx1", 8, "y")):
            path = SHARED / "fashion-mnist" / f"{part}-{kind}-ubyte.gz"
            if not path.is_file():
                print(f"skip  {path.name}: no such file beside this checkout (../shared/data/fashion-mnist)")
                return False
            values = np.frombuffer(gzip.decompress(path.read_bytes()), dtype=np.uint8, offset=header)
            np.save(folder / f"{name}_{suffix}.npy", values if suffix == "y" else values.reshape(-1, 784).astype(np.float32) / 255)
    return True


def contenders(batch: int, folder: Path, environment: dict) -> list[Contender]:
    """Those installed, warmed up by an epoch; of the thread counts of one peer those far behind its better one are left out."""
    kept = []
    for name in PEERS:
        if importlib.util.find_spec(name) is None:
            continue
        own = [Contender(name, threads, batch, folder, environment) for threads in (1, 2)]
        first = {c: (c.epoch(), c.times.pop())[1] for c in own}
        for contender, seconds in first.items():
            if seconds < 2 * min(first.values()):
                kept.append(contender)
            else:
                contender.close()
    return kept


def line(name: str, times: tuple[float, float], ours: float, peak: float, about: str) -> None:
    best, median = times
    print(
        f"  {name:<14}{best:9.4f} s best {median:9.4f} s median {best / ours:7.2f} x ours"
        f"{FLOPS / best / 1e9:8.0f} GFLOP/s {FLOPS / best / peak:5.0%} of peak   {about}",
        flush=True,
    )


def speed(program: Program, folder: Path, verdicts: Verdicts, rounds: int) -> None:
    for name in PEERS:
        if importlib.util.find_spec(name) is None:
            print(f"skip  {PEERS[name]}: not installed")
    for batch in AHEAD:
        ours, runs = Fallline(program, folder), []
        peers = contenders(batch, folder, program.environment)
        numpy = Contender("numpy", 2, 1, folder, program.environment)
        peak = 0.0
        for _ in range(rounds):
            runs.append(ours.runs(batch, 2))
            for contender in peers:
                contender.epoch()
            peak = max(peak, float(numpy.ask("peak")))
        print(f"batches of {batch}: sgemm peak {peak / 1e9:.0f} GFLOP/s on two threads ({numpy.ask('about')})")
        times = ours.epochs(runs)
        best = times[0]
        line("Fallline", times, best, peak, "2 threads")
        rivals = []
        for name in PEERS:
            own = [c for c in peers if c.name == name]
            if own:
                winner = min(own, key=lambda c: min(c.times))
                line(PEERS[name], (min(winner.times), statistics.median(winner.times)), best, peak, winner.ask("about"))
                rivals += [min(winner.times)] if name in CLAIMED else []
        for contender in [*peers, numpy]:
            contender.close()
        if rivals:
            ratio = min(rivals) / best
            verdicts.claim(ratio >= AHEAD[batch], f"{ratio:.2f} times the best peer at {batch} (at least {AHEAD[batch]})")


def threads(program: Program, folder: Path, verdicts: Verdicts, rounds: int) -> None:
    ours = Fallline(program, folder)
    runs = {1: [], 2: [], 3: []}
    digests = set()
    for _ in range(rounds):
        for count, taken in runs.items():
            taken.append(ours.runs(512, count))
            digests.add(ours.digest())
    best = {count: ours.epochs(taken)[0] for count, taken in runs.items()}
    print("batches of 512: " + ", ".join(f"{count} threads {seconds:.4f} s an epoch" for count, seconds in best.items()))
    verdicts.claim(best[1] / best[2] >= 1.6, f"two threads are {best[1] / best[2]:.2f} times as fast as one (at least 1.6)")
    verdicts.claim(len(digests) == 1, f"the model file is the same for 1, 2 and 3 threads ({', '.join(sorted(digests))})")


def accuracy(program: Program, folder: Path, verdicts: Verdicts, _rounds: int) -> None:
    seeds = range(1, 6)
    ours = [Fallline(program, folder).accuracy(seed, *NET, "--batch-size", 128, "--epochs", 10) for seed in seeds]
    print("Fallline  " + " ".join(f"{a:.4f}" for a in ours), flush=True)
    middle = statistics.median(ours)
    verdicts.claim(middle >= 0.88, f"{middle:.2%} of the test rows are right after 10 epochs, the median of five seeds (at least 88%)")
    if importlib.util.find_spec("torch") is None:
        print("skip  PyTorch: not installed")
        return
    torch = Contender("torch", 2, 128, folder, program.environment)
    theirs, own = ([float(torch.ask(f"fit {seed} 10 {same}")) for seed in seeds] for same in (1, 0))
    torch.close()
    print("PyTorch   " + " ".join(f"{a:.4f}" for a in theirs) + "   its own initial weights " + " ".join(f"{a:.4f}" for a in own))
    gap = 100 * (middle - statistics.median(theirs))
    verdicts.claim(abs(gap) <= 0.3, f"medians of five seeds: {gap:+.2f} points from PyTorch's (within 0.3)")


def deep(program: Program, folder: Path, verdicts: Verdicts, _rounds: int) -> None:
    net = ["--hidden", "256,128", "--normalization", "batch", "--dropout", "0.2", "--optimizer", "adam", "--learning-rate", "0.001"]
    reached = [
        Fallline(program, folder).accuracy(seed, *net, "--standardize", "off", "--batch-size", 128, "--epochs", 20) for seed in (1, 2, 3)
    ]
    print("two hidden layers, batch normalisation, dropout: " + " ".join(f"{a:.4f}" for a in reached))
    verdicts.claim(min(reached) >= 0.895, f"at least {min(reached):.2%} of the test rows are right after 20 epochs (at least 89.5%)")


PARTS = {"speed": speed, "threads": threads, "accuracy": accuracy, "deep": deep}


def main() -> int:
    words = sys.argv[2:]
    rounds = int(words.pop()) if words and words[-1].isdigit() else ROUNDS
    if len(sys.argv) < 2 or rounds < 1 or any(word not in PARTS for word in words):
        print(__doc__)
        return 2
    verdicts = Verdicts()
    program = Program(sys.argv[1])
    with tempfile.TemporaryDirectory() as name:
        if unpack(Path(name)):
            for part in words or PARTS:
                print(f"-- {part}", flush=True)
                PARTS[part](program, Path(name), verdicts, rounds)
    return verdicts.done()


if __name__ == "__main__":
    sys.exit(main())
