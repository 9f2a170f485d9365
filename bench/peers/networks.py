# SPDX-License-Identifier: Apache-2.0
"""One contender of bench/networks.py in a process of its own: networks.py NAME THREADS BATCH FOLDER.

A net of 784-128-10 with relu and Adam at 0.001 on train_x.npy and train_y.npy of the folder. Answers each line on stdin with one on stdout:
  about                 what runs
  epoch                 seconds of one pass over the training rows in a new order
  fit SEED EPOCHS SAME  the share of test_x.npy that a fresh net gets right after so many epochs; SAME 1 from weights drawn as Fallline
                        draws them (PyTorch)
  peak                  multiplications and additions a second of a large product (NumPy)
"""

import os
import sys
import time
import warnings
from pathlib import Path

NAME, THREADS, BATCH, FOLDER = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(THREADS)
os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if THREADS > 1 else 'false'} intra_op_parallelism_threads={THREADS}"
os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import numpy as np  # noqa: E402 - it reads the variables above


def load(name: str) -> np.ndarray:
    return np.load(FOLDER / f"{name}.npy")


def blas_kernels() -> str:
    from threadpoolctl import threadpool_info

    found = {
        f"{i['internal_api']} {i['version']} {i.get('architecture') or ''}".strip() for i in threadpool_info() if i["user_api"] == "blas"
    }
    return ", ".join(sorted(found))


class Numpy:
    def about(self) -> str:
        return f"numpy {np.__version__}, {blas_kernels()}"

    def peak(self) -> float:
        n = 1536
        a = np.ones((n, n), dtype=np.float32)
        best = float("inf")
        for _ in range(10):
            begun = time.perf_counter()
            a @ a
            best = min(best, time.perf_counter() - begun)
        return 2 * n**3 / best


class Torch:
    """Tensors in memory, batches by index, Adam in its fused form (the fastest of its three here)."""

    def __init__(self):
        import torch

        self.torch = torch
        torch.set_num_threads(THREADS)
        self.x = torch.from_numpy(load("train_x"))
        self.y = torch.from_numpy(load("train_y").astype(np.int64))
        self.start(0)

    def about(self) -> str:
        return f"torch {self.torch.__version__}, {self.torch.backends.cpu.get_cpu_capability()}, {self.torch.get_num_threads()} threads"

    def start(self, seed: int) -> None:
        nn = self.torch.nn
        self.torch.manual_seed(seed)
        self.model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
        self.adam = self.torch.optim.Adam(self.model.parameters(), lr=1e-3, fused=True)
        self.loss = nn.CrossEntropyLoss()

    def epoch(self) -> None:
        order = self.torch.randperm(len(self.x))
        for first in range(0, len(self.x), BATCH):
            rows = order[first : first + BATCH]
            loss = self.loss(self.model(self.x[rows]), self.y[rows])
            self.adam.zero_grad()
            loss.backward()
            self.adam.step()

    def fit(self, seed: int, epochs: int, same: int) -> float:
        self.start(seed)
        if same:
            init, (hidden, _, head) = self.torch.nn.init, self.model
            init.kaiming_normal_(hidden.weight, nonlinearity="relu")
            init.xavier_uniform_(head.weight)
            init.zeros_(hidden.bias)
            init.zeros_(head.bias)
        for _ in range(epochs):
            self.epoch()
        with self.torch.no_grad():
            said = self.model(self.torch.from_numpy(load("test_x"))).argmax(1).numpy()
        return float((said == load("test_y")).mean())


class Keras:
    """fit with jit_compile on the JAX back end."""

    def __init__(self):
        import keras

        self.keras = keras
        layers = keras.layers
        self.x, self.y = load("train_x"), load("train_y").astype(np.int32)
        self.model = keras.Sequential([keras.Input((784,)), layers.Dense(128, activation="relu"), layers.Dense(10)])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model.compile(optimizer=keras.optimizers.Adam(1e-3), loss=loss, jit_compile=True)

    def about(self) -> str:
        import jax

        return f"keras {self.keras.__version__} on jax {jax.__version__}, XLA, {THREADS} threads"

    def epoch(self) -> None:
        self.model.fit(self.x, self.y, batch_size=BATCH, epochs=1, verbose=0)


class Jax:
    """By hand: the whole epoch is one compiled scan over the batches, so nothing of Python is left in it. Leaves out a last short batch."""

    def __init__(self):
        import jax
        import jax.numpy as jnp

        self.jax = jax
        x, y = jnp.asarray(load("train_x")), jnp.asarray(load("train_y").astype(np.int32))
        self.random = np.random.default_rng(0)
        self.rows = len(x)

        def loss(p, x, y):
            scores = jax.nn.relu(x @ p[0] + p[1]) @ p[2] + p[3]
            return jnp.mean(jax.nn.logsumexp(scores, 1) - jnp.take_along_axis(scores, y[:, None], 1)[:, 0])

        def step(state, rows):
            p, m, v, t = state
            value, g = jax.value_and_grad(loss)(p, x[rows], y[rows])
            t = t + 1
            m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, g)
            v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, g)
            p = jax.tree.map(lambda p, m, v: p - 1e-3 * (m / (1 - 0.9**t)) / (jnp.sqrt(v / (1 - 0.999**t)) + 1e-8), p, m, v)
            return (p, m, v, t), value

        key = jax.random.PRNGKey(0)
        p = (jax.random.normal(key, (784, 128)) * 0.05, jnp.zeros(128), jax.random.normal(key, (128, 10)) * 0.1, jnp.zeros(10))
        self.state = (p, jax.tree.map(jnp.zeros_like, p), jax.tree.map(jnp.zeros_like, p), jnp.float32(0))
        self.run = jax.jit(lambda state, order: jax.lax.scan(step, state, order), donate_argnums=0)

    def about(self) -> str:
        return f"jax {self.jax.__version__}, XLA, {THREADS} threads, the epoch one compiled scan"

    def epoch(self) -> None:
        whole = self.rows // BATCH * BATCH
        self.state, losses = self.run(self.state, self.random.permutation(self.rows)[:whole].reshape(-1, BATCH))
        losses.block_until_ready()


class Sklearn:
    """MLPClassifier, one iteration a fit from where the last one ended."""

    def __init__(self):
        from sklearn.neural_network import MLPClassifier

        warnings.simplefilter("ignore")
        self.x, self.y = load("train_x"), load("train_y").astype(np.int64)
        self.model = MLPClassifier((128,), batch_size=BATCH, max_iter=1, warm_start=True, alpha=0)

    def about(self) -> str:
        import sklearn

        return f"scikit-learn {sklearn.__version__}, {blas_kernels()}, {THREADS} threads"

    def epoch(self) -> None:
        self.model.fit(self.x, self.y)


def main() -> None:
    contender = {"numpy": Numpy, "torch": Torch, "keras": Keras, "jax": Jax, "sklearn": Sklearn}[NAME]()
    for line in sys.stdin:
        word, *numbers = line.split()
        if word == "epoch":
            begun = time.perf_counter()
            contender.epoch()
            answer = time.perf_counter() - begun
        else:
            answer = getattr(contender, word)(*map(int, numbers))
        print("answer", answer, flush=True)


main()
