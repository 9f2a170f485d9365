#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The experiment of the Adam paper (Kingma & Ba 2015, section 6.2): a network with dropout on images, five update rules, one figure.

Each rule trains the same network, from the same weights, on the same batches. The loss of each epoch comes from the history.csv of its
run directory and goes into 10_dropout_networks.csv and .svg.

    python3 examples/10_dropout_networks.py                             # Fashion-MNIST, or generated images where it is not found
    python3 examples/10_dropout_networks.py --hidden 1000,1000 --epochs 45   # the paper's own size

Needs the program and Python's standard library.
"""

import argparse
import csv
import json
import math
import os
import random
import struct
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
# Rule as --optimizer takes it; constant learning rate, for each the best of a few after 5 epochs of Fashion-MNIST; name in the figure;
# a colour of Okabe & Ito for all kinds of eyes; dashes.
RULES = [
    ("adagrad", 0.02, "AdaGrad", "#e69f00", "2 3"),
    ("rmsprop", 0.0005, "RMSProp", "#009e73", "8 3"),
    ("nesterov", 0.01, "SGD Nesterov", "#0072b2", "8 3 2 3"),
    ("adadelta", 1, "AdaDelta", "#cc79a7", "4 3"),
    ("adam", 0.001, "Adam", "#d55e00", ""),
]


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--fallline", default=ROOT / "build" / "fallline", help="the program (default: build/fallline)")
    parser.add_argument(
        "--data",
        default=os.environ.get("FASHION_MNIST", ROOT.parent / "shared" / "data" / "fashion-mnist"),
        help="folder of train-images-idx3-ubyte.gz and its kin (default: $FASHION_MNIST, or ../shared/data/fashion-mnist)",
    )
    parser.add_argument("--hidden", default="256,256", help="widths of the hidden layers (default: 256,256; the paper has 1000,1000)")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("."), help="folder of the figure (default: here)")
    return parser.parse_args()


def generated_images(folder, images=2000, side=12, classes=10):
    """Blurred shapes with noise and shifts, as IDX files: something to run on where there is no data."""
    draw = random.Random(1)
    shapes = [[[draw.random() < 0.3 for _ in range(side)] for _ in range(side)] for _ in range(classes)]
    pixels, labels = bytearray(), bytearray()
    for _ in range(images):
        label, down, right = draw.randrange(classes), draw.randrange(3), draw.randrange(3)
        labels.append(label)
        for i in range(side):
            for j in range(side):
                light = 140 * shapes[label][(i + down) % side][(j + right) % side]
                pixels.append(min(255, max(0, int(light + draw.gauss(50, 40)))))
    (folder / "images-idx3-ubyte").write_bytes(struct.pack(">HBBIII", 0, 8, 3, images, side, side) + pixels)
    (folder / "labels-idx1-ubyte").write_bytes(struct.pack(">HBBI", 0, 8, 1, images) + labels)
    return (folder / "images-idx3-ubyte", folder / "labels-idx1-ubyte"), None


def find_images(data, folder):
    """Images and labels to train on, those to judge by (or None), and what they are."""
    files = [[data / f"{part}-{kind}-ubyte.gz" for kind in ("images-idx3", "labels-idx1")] for part in ("train", "t10k")]
    if all(file.exists() for file in files[0]):
        return files[0], files[1] if all(file.exists() for file in files[1]) else None, "Fashion-MNIST"
    print(f"No Fashion-MNIST at {data}: the run is on generated images, which say nothing about the rules. Name its folder with --data.")
    return *generated_images(folder), "generated images"


def call(words, accepted=(0,)):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
    if done.returncode not in accepted:
        sys.exit(f"{' '.join(str(word) for word in words)}\n{done.stderr}")
    return json.loads(done.stdout)


def train(rule, rate, given, images, judged, folder):
    """Losses by epoch, accuracy on images not trained on (or None), seconds."""
    run = folder / rule
    words = [given.fallline, "train", images[0], "--labels", images[1], "--task", "classification", "--json", "--log", "quiet"]
    words += ["--hidden", given.hidden, "--activation", "relu", "--dropout", 0.5, "--batch-size", given.batch_size]
    words += ["--optimizer", rule, "--learning-rate", rate, "--schedule", "constant", "--epochs", given.epochs]
    words += ["--seed", given.seed, "--threads", given.threads, "--run", run, "--out", folder / f"{rule}.onnx"]
    final = call(words, accepted=(0, 3, 4))  # a rule that diverged or rose is part of the answer
    with open(run / "history.csv", newline="", encoding="utf-8") as file:
        losses = [float(row["train_loss"]) for row in csv.DictReader(file) if row["train_loss"]]
    accuracy = None
    if judged and final["model"]:
        words = [given.fallline, "evaluate", final["model"], judged[0], "--labels", judged[1], "--json"]
        accuracy = call(words)["accuracy"]
    return losses, accuracy, final["seconds"]["train"]


def ticks(low, high):
    """Round numbers within the range, closer together where it is narrow."""
    rounds = (1, 2, 5) if high > 20 * low else (1, 1.5, 2, 3, 4, 5, 7)
    marks = [m * 10.0**power for power in range(-9, 10) for m in rounds]
    return [mark for mark in marks if low <= mark <= high]


def apart(wanted, gap):
    """The heights nearest to those wanted, in their order, at least `gap` from one another."""
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    groups = []  # (sum of wanted heights as if at the first place, members)
    for k in order:
        groups.append([wanted[k], [k]])
        while len(groups) > 1:
            (a, left), (b, right) = groups[-2], groups[-1]
            if a / len(left) + gap * len(left) <= b / len(right):
                break
            groups[-2:] = [[a + b - gap * len(left) * len(right), left + right]]
    placed = [0.0] * len(wanted)
    for total, members in groups:
        for place, k in enumerate(members):
            placed[k] = total / len(members) + gap * place
    return placed


def figure(curves, title, subtitle):
    """One SVG: loss on a log scale against epochs, each line labelled at its end."""
    wide, high, left, right, top, bottom = 760, 470, 62, 178, 74, 52
    losses = [loss for _, curve in curves for loss in curve]
    lowest, highest = min(losses) / 1.06, max(losses) * 1.04
    epochs = max(len(curve) for _, curve in curves)
    x = [left + (wide - left - right) * (k / max(1, epochs - 1)) for k in range(epochs)]

    def y(loss):
        return high - bottom - (high - top - bottom) * math.log(loss / lowest) / math.log(highest / lowest)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img" '
        f'aria-label="{escape(title)}" font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#333">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{wide}" height="{high}" fill="#fff"/>',
        f'<text x="{left}" y="28" font-size="17" font-weight="bold" fill="#111">{escape(title)}</text>',
        f'<text x="{left}" y="49" fill="#666">{escape(subtitle)}</text>',
    ]
    for mark in ticks(lowest, highest):
        out.append(f'<path d="M{left} {y(mark):.1f}H{wide - right}" stroke="#e4e4e4"/>')
        out.append(f'<text x="{left - 8}" y="{y(mark) + 4.5:.1f}" text-anchor="end">{mark:g}</text>')
    every = max(1, math.ceil(epochs / 10))
    for k in range(epochs):
        if k == 0 or (k + 1) % every == 0:
            out.append(f'<path d="M{x[k]:.1f} {high - bottom}v5" stroke="#888"/>')
            out.append(f'<text x="{x[k]:.1f}" y="{high - bottom + 20}" text-anchor="middle">{k + 1}</text>')
    out.append(f'<path d="M{left} {high - bottom}H{wide - right}" stroke="#888"/>')
    out.append(f'<text x="{(left + wide - right) / 2:.0f}" y="{high - 12}" text-anchor="middle">epoch</text>')
    middle = (top + high - bottom) / 2
    out.append(f'<text transform="translate(16 {middle:.0f}) rotate(-90)" text-anchor="middle">training loss, log scale</text>')
    labels = apart([y(curve[-1]) for _, curve in curves], 18)
    for ((_, _, name, colour, dashes), curve), at in zip(curves, labels, strict=True):
        points = " ".join(f"{x[k]:.1f},{y(loss):.1f}" for k, loss in enumerate(curve))
        end, height = x[len(curve) - 1], y(curve[-1])
        line = f'stroke="{colour}" stroke-width="2" stroke-linejoin="round"' + (f' stroke-dasharray="{dashes}"' if dashes else "")
        out.append(f'<polyline points="{points}" fill="none" {line}/>')
        out.append(f'<path d="M{end + 3:.1f} {height:.1f}L{wide - right + 14} {at:.1f}" fill="none" stroke="{colour}"/>')
        label = f'{escape(name)} <tspan fill="#666" font-weight="normal">{curve[-1]:.3f}</tspan>'
        out.append(f'<text x="{wide - right + 19}" y="{at + 4.5:.1f}" font-weight="bold" fill="{colour}">{label}</text>')
    return "\n".join([*out, "</svg>", ""])


def main():
    given = options()
    curves = []
    with tempfile.TemporaryDirectory(prefix="fallline-") as name:
        folder = Path(name)
        images, judged, what = find_images(Path(given.data), folder)
        print(f"{what}, hidden layers {given.hidden} with dropout 0.5, batches of {given.batch_size}, {given.epochs} epochs")
        print(f"{'rule':14}{'rate':>8}{'training loss':>16}{'test accuracy':>16}{'seconds':>10}", flush=True)
        for rule in RULES:
            losses, accuracy, seconds = train(*rule[:2], given, images, judged, folder)
            told = f"{losses[-1]:.4f}" if losses else "diverged"
            print(f"{rule[2]:14}{rule[1]:>8g}{told:>16}{f'{accuracy:.2%}' if accuracy else '':>16}{seconds:>10.1f}", flush=True)
            if losses:
                curves.append((rule, losses))
    if not curves:
        sys.exit("No rule got through its first epoch.")
    given.out.mkdir(parents=True, exist_ok=True)
    with open(given.out / "10_dropout_networks.csv", "w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["rule", "learning_rate", "epoch", "train_loss"])
        rows.writerows([rule[0], rule[1], k + 1, loss] for rule, curve in curves for k, loss in enumerate(curve))
    best = min(curves, key=lambda pair: pair[1][-1])
    title = f"After {len(best[1])} epochs {best[0][2]} has the lowest training loss"
    subtitle = f"{what}, hidden layers {given.hidden.replace(',', ' and ')} with dropout 0.5, batches of {given.batch_size}"
    (given.out / "10_dropout_networks.svg").write_text(figure(curves, title, subtitle), encoding="utf-8")
    print(f"written to {given.out / '10_dropout_networks.svg'} and .csv")


if __name__ == "__main__":
    main()
