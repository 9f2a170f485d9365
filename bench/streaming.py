# SPDX-License-Identifier: Apache-2.0
"""Data larger than memory: what a row costs, from 10^5 rows on. bench/streaming.py FALLLINE [ROWS ...], or ./dev bench streaming [ROWS ...]

For each number of rows (100,000 to 10,000,000 without ROWS) `generate`, which stands beside FALLLINE, makes a CSV of 14 columns, about 108
bytes a row. Then, in a control group of 400 MB where one may be made (root, cgroup v1 or v2), one after the other:
  Arrow       reads the file by its streaming CSV reader (pyarrow.csv.open_csv), batch after batch, and drops them
  Fallline    trains three epochs of Adam with --memory 400M
and once more without a ceiling, so that a later epoch can be compared with one on rows in memory; the models must be the same bytes.
Told are the peak of memory, and microseconds a row of the scan with the first epoch and of the third epoch. The figure goes to
build/bench/streaming.svg. Exit code 1 where the ceiling was broken or the models differ.
"""

import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CEILING = 400 * 2**20
READ = "import pyarrow.csv as c, sys; print(sum(b.num_rows for b in c.open_csv(sys.argv[1])))"
TRAIN = ["--target", "y", "--optimizer", "adam", "--learning-rate", "0.01", "--epochs", "3"]
SERIES = {
    "arrow": ("Arrow's streaming CSV reader", "#888888"),
    "first": ("scan and first epoch", "#d1495b"),
    "later": ("third epoch", "#00798c"),
}


def make_group() -> Path | None:
    for root, name in ((Path("/sys/fs/cgroup/memory"), "memory.limit_in_bytes"), (Path("/sys/fs/cgroup"), "memory.max")):
        folder = root / f"fallline-bench-{os.getpid()}"
        try:
            folder.mkdir()
            (folder / name).write_text(str(CEILING))
            return folder
        except OSError:
            if folder.exists():
                folder.rmdir()
    return None


def run(words: list[str], group: Path | None) -> tuple[float, list[tuple[float, str]], str]:
    """Seconds, lines of stderr with the second each came at, and stdout."""

    def enter() -> None:
        if group is not None:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    begun = time.perf_counter()
    # What is joined is small: stdout is read when stderr has ended.
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=enter)
    lines = [(time.perf_counter() - begun, line.rstrip()) for line in process.stderr]
    out = process.stdout.read()
    if process.wait() != 0:
        sys.exit(f"{' '.join(words)}\nended with {process.returncode}\n" + "\n".join(line for _, line in lines[-20:]))
    return time.perf_counter() - begun, lines, out


def epochs(lines: list[tuple[float, str]]) -> list[float]:
    """The second at which each epoch ended."""
    return [at for at, line in lines if re.match(r"epoch \d+ ", line)]


def measure(program: Path, rows: int, folder: Path, group: Path | None, failed: list[str]) -> dict[str, float]:
    data = folder / "rows.csv"
    with data.open("wb") as out:
        subprocess.run([program.parent / "generate", "--rows", str(rows)], stdout=out, check=True)
    arrow, _, counted = run([sys.executable, "-c", READ, str(data)], group)
    if int(counted) != rows:
        sys.exit(f"Arrow read {counted} rows of {rows}")
    words = [str(program), "train", str(data), *TRAIN, "--json"]
    _, lines, told = run([*words, "--memory", "400M", "--cache", str(folder), "--out", str(folder / "held.onnx")], group)
    _, free_lines, _ = run([*words, "--out", str(folder / "free.onnx")], None)
    held, free = epochs(lines), epochs(free_lines)
    peak = json.loads(told)["peak_memory_bytes"]
    if peak > CEILING:
        failed.append(f"{rows} rows took {peak} bytes")
    if (folder / "held.onnx").read_bytes() != (folder / "free.onnx").read_bytes():
        failed.append(f"{rows} rows: the models differ")
    in_file = "yes" if any("go to a file" in line for _, line in lines) else "no"
    print(
        f"{rows:>11,} rows {data.stat().st_size / 1e6:>8,.0f} MB  in a file: {in_file:<3}  peak {peak / 1e6:>4.0f} MB   "
        f"Arrow reads {arrow:7.2f} s   scan and first epoch {held[0]:7.2f} s ({arrow / held[0]:.2f} x its rows a second)   "
        f"third epoch {held[2] - held[1]:6.2f} s, in memory {free[2] - free[1]:6.2f} s",
        flush=True,
    )
    return {"rows": rows, "arrow": arrow / rows * 1e6, "first": held[0] / rows * 1e6, "later": (held[2] - held[1]) / rows * 1e6}


def figure(points: list[dict[str, float]]) -> str:
    """Microseconds a row against rows, both in powers of ten."""
    wide, high, left, top, right, bottom = 720, 400, 70, 40, 230, 50
    low_x, high_x = math.log10(points[0]["rows"]), math.log10(points[-1]["rows"])
    values = [point[key] for point in points for key in SERIES]
    low_y, high_y = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))

    def x(rows: float) -> float:
        return left + (wide - left - right) * (math.log10(rows) - low_x) / max(high_x - low_x, 1e-9)

    def y(value: float) -> float:
        return high - bottom - (high - top - bottom) * (math.log10(value) - low_y) / (high_y - low_y)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img" '
        'font-family="sans-serif" font-size="12">',
        "<title>What a row costs under a ceiling of 400 MB</title>",
        f'<rect width="{wide}" height="{high}" fill="#ffffff"/>',
        f'<text x="{left}" y="22" font-size="14">Microseconds a row, under a ceiling of 400 MB</text>',
    ]
    for power in range(low_y, high_y + 1):
        out.append(f'<line x1="{left}" y1="{y(10**power):.1f}" x2="{wide - right}" y2="{y(10**power):.1f}" stroke="#dddddd"/>')
        out.append(f'<text x="{left - 8}" y="{y(10**power) + 4:.1f}" text-anchor="end">{10.0**power:g}</text>')
    free = float(wide)
    for point in reversed(points):
        at = x(point["rows"])
        if at <= free:  # numbers that would run into one another are left out
            out.append(f'<text x="{at:.1f}" y="{high - bottom + 20}" text-anchor="middle">{point["rows"]:.3g}</text>')
            free = at - 50
    out.append(f'<text x="{(left + wide - right) / 2}" y="{high - 10}" text-anchor="middle">rows</text>')
    for key, (_, colour) in SERIES.items():
        path = " ".join(f"{x(point['rows']):.1f},{y(point[key]):.1f}" for point in points)
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{x(point["rows"]):.1f}" cy="{y(point[key]):.1f}" r="3" fill="{colour}"/>' for point in points]
    above = 0.0
    for key in sorted(SERIES, key=lambda key: y(points[-1][key])):
        name, colour = SERIES[key]
        above = max(y(points[-1][key]) + 4, above + 16)  # names of lines that end close together stand below one another
        out.append(f'<text x="{wide - right + 12}" y="{above:.1f}" fill="{colour}">{name}</text>')
    return "\n".join([*out, "</svg>", ""])


def main() -> None:
    program = Path(sys.argv[1]).resolve()
    sizes = [int(word) for word in sys.argv[2:]] or [100_000, 1_000_000, 10_000_000]
    failed: list[str] = []
    group = make_group()
    print(f"a control group of {CEILING / 1e6:.0f} MB" if group else "no control group could be made: only the peak is looked at")
    points = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            points.append(measure(program, rows, Path(folder), group, failed))
    if group is not None:
        group.rmdir()
    target = Path("build/bench/streaming.svg")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(figure(points), encoding="utf-8")
    print(f"written to {target}")
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
