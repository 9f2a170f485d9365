# SPDX-License-Identifier: Apache-2.0
"""Records of PyTorch training small networks in float64: python make_networks.py > networks.json

Each record holds the data, the first parameters, the loss before each of 20 plain gradient steps and the parameters after them, laid out as
Fallline has them: layer by layer, weights [inputs, outputs], then bias, then gain and shift of a normalisation.
"""

import json
import sys

import torch
from torch import nn
from torch.nn import functional

STEPS = 20
ROWS, FEATURES, HIDDEN = 12, 4, (5, 3)
ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "gelu_tanh": lambda: nn.GELU(approximate="tanh"),
    "silu": nn.SiLU,
    "softplus": nn.Softplus,
    "softsign": nn.Softsign,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "identity": nn.Identity,
}


def sign(y):
    return 2 * y - 1


LOSSES = {
    "squared": lambda p, y: ((p - y) ** 2).mean(),
    "absolute": lambda p, y: (p - y).abs().mean(),
    "huber": lambda p, y: functional.huber_loss(p, y, delta=1.0),
    "quantile:tau=0.8": lambda p, y: torch.maximum(0.8 * (y - p), -0.2 * (y - p)).mean(),
    "poisson": lambda p, y: functional.poisson_nll_loss(p, y, log_input=True, full=False),
    "logistic": functional.binary_cross_entropy_with_logits,
    "hinge": lambda p, y: (1 - sign(y) * p).clamp(min=0).mean(),
    "squared_hinge": lambda p, y: ((1 - sign(y) * p).clamp(min=0) ** 2).mean(),
    "cross_entropy": lambda p, y: functional.cross_entropy(p, y.long().flatten()),
    "cross_entropy:smoothing=0.1": lambda p, y: functional.cross_entropy(p, y.long().flatten(), label_smoothing=0.1),
}


def network(activation, normalization, outputs):
    layers, width = [], FEATURES
    for units in HIDDEN:
        layers.append(nn.Linear(width, units))
        if normalization == "batch":
            layers.append(nn.BatchNorm1d(units))
        elif normalization == "layer":
            layers.append(nn.LayerNorm(units))
        layers.append(ACTIVATIONS[activation]())
        width = units
    return nn.Sequential(*layers, nn.Linear(width, outputs))


def flat(module):
    values = []
    for layer in module:
        if isinstance(layer, nn.Linear):
            values += layer.weight.detach().t().flatten().tolist() + layer.bias.detach().tolist()
        elif hasattr(layer, "weight"):
            values += layer.weight.detach().tolist() + layer.bias.detach().tolist()
    return values


def target(loss):
    if loss.startswith("cross_entropy"):
        return torch.arange(ROWS).remainder(3).double()
    if loss in ("logistic", "hinge", "squared_hinge"):
        return torch.arange(ROWS).remainder(2).double()
    if loss == "poisson":
        return torch.arange(ROWS).remainder(4).double()
    return torch.randn(ROWS)


def record(activation, normalization, loss, rate, targets=1):
    torch.manual_seed(31 * len(activation) + 7 * len(normalization) + len(loss))
    outputs = 3 if loss.startswith("cross_entropy") else targets
    x, y = torch.randn(ROWS, FEATURES), target(loss) if targets == 1 else torch.randn(ROWS, targets)
    module = network(activation, normalization, outputs)
    start, losses = flat(module), []
    for _ in range(STEPS):
        scores = module(x)
        value = LOSSES[loss](scores if outputs > 1 else scores.flatten(), y)
        module.zero_grad()
        value.backward()
        losses.append(value.item())
        with torch.no_grad():
            for parameter in module.parameters():
                parameter -= rate * parameter.grad
    running = []
    for layer in module:
        if isinstance(layer, nn.BatchNorm1d):
            running += layer.running_mean.tolist() + layer.running_var.tolist()
    return {
        "activation": activation,
        "normalization": normalization,
        "loss": loss,
        "learning_rate": rate,
        "features": FEATURES,
        "hidden": HIDDEN,
        "outputs": outputs,
        "x": x.flatten().tolist(),
        "y": y.flatten().tolist(),
        "start": start,
        "losses": losses,
        "end": flat(module),
        "running": running,
    }


def main():
    torch.set_default_dtype(torch.float64)
    records = [record(activation, "none", "squared", 0.05) for activation in ACTIVATIONS]
    records += [record("tanh", "none", loss, 0.05) for loss in LOSSES if loss != "squared"]
    records += [record(activation, kind, loss, 0.05) for kind in ("batch", "layer") for activation, loss in
                (("relu", "cross_entropy"), ("tanh", "squared"), ("gelu", "logistic"))]  # fmt: skip
    records += [record("tanh", kind, loss, 0.05, targets=2) for kind, loss in (("none", "squared"), ("batch", "huber"))]
    json.dump({"peer": f"torch {torch.__version__}", "steps": STEPS, "records": records}, sys.stdout, separators=(",", ":"))
    print()


if __name__ == "__main__":
    main()
