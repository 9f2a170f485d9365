# SPDX-License-Identifier: Apache-2.0
"""A table far larger than the memory given: the ceiling is kept, and the model is the same to the last byte.

memory.py FALLLINE [ROWS] makes a CSV (1 GB without ROWS) by `generate`, which stands beside FALLLINE, trains on it with a ceiling on
several threads and without one, in a control group of the ceiling's size where this may be made (root, cgroup v1 or v2), and compares
the models and the peaks of memory. The same table then comes packed by gzip and by Zstandard, in UTF-16 and from a pipe, and
is predicted and evaluated.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CEILING = "200M"
CEILING_BYTES = 200 * 2**20


def group_folder() -> Path | None:
    """A fresh control group whose memory may be limited, or None."""
    for root in (Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")):
        folder = root / f"fallline-{os.getpid()}"
        try:
            folder.mkdir()
        except OSError:
            continue
        for name in ("memory.limit_in_bytes", "memory.max"):
            if (folder / name).exists():
                (folder / name).write_text(str(CEILING_BYTES))
                return folder
        folder.rmdir()
    return None


def pack(data: Path, form: str) -> Path | None:
    """The table in another form, or None where that cannot be made here."""
    packed = data.with_name(f"{form}-big.csv") if form == "utf-16" else data.with_name(f"big.csv.{form}")
    if form == "gz":
        with data.open("rb") as text, gzip.open(packed, "wb", compresslevel=1) as out:
            shutil.copyfileobj(text, out, 1 << 20)
    elif form == "utf-16":
        with data.open(encoding="utf-8", newline="") as text, packed.open("w", encoding="utf-16", newline="") as out:
            shutil.copyfileobj(text, out, 1 << 20)
    elif shutil.which("zstd") is None:
        return None
    else:
        subprocess.run(["zstd", "-q", "-1", str(data), "-o", str(packed)], check=True)
    return packed


def train(program: str, data: Path | str, out: Path, *options: str, group: Path | None = None, feed: Path | None = None) -> dict:
    """feed: the file that comes through a pipe where the data is "-"."""

    def enter() -> None:
        if group is not None:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    words = [program, "train", str(data), "--target", "y", "--optimizer", "adam", "--learning-rate", "0.01", "--epochs", "2", "--json"]
    begun = time.monotonic()
    pipe = subprocess.Popen(["cat", str(feed)], stdout=subprocess.PIPE).stdout if feed else None
    done = subprocess.run([*words, "--out", str(out), *options], capture_output=True, text=True, preexec_fn=enter, stdin=pipe)
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode} of {' '.join(options)}: {done.stderr[-2000:]}")
    told = json.loads(done.stdout)
    seconds = time.monotonic() - begun
    print(
        f"{Path(data).name:16s} {' '.join(options[:4]) or 'no ceiling':32s} {seconds:6.1f} s (read {told['seconds']['read']:.1f}), "
        f"peak {told['peak_memory_bytes'] / 1e6:6.0f} MB{', in a group' if group else ''}",
        flush=True,
    )
    return told


def peak_of(program: str, *words: str, group: Path | None) -> tuple[bytes, int]:
    """What a run prints, and the most memory that it took."""

    def enter() -> None:
        if group is not None:
            (group / "cgroup.procs").write_text(str(os.getpid()))

    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([program, *words], stdout=out, stderr=subprocess.DEVNULL, preexec_fn=enter)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"exit {process.returncode} of {' '.join(words)}")
        out.seek(0)
        peak = usage.ru_maxrss * 1024
        print(f"{' '.join([words[0], *words[3:5]]):49s} peak {peak / 1e6:6.0f} MB", flush=True)
        return out.read(), peak


def main() -> None:
    program = str(Path(sys.argv[1]).resolve())
    generate = str(Path(program).parent / "generate")
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 9_300_000
    failed = []
    group = group_folder()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "big.csv"
        with data.open("wb") as out:
            subprocess.run([generate, "--rows", str(rows)], stdout=out, check=True)
        print(f"{data.stat().st_size / 1e6:.0f} MB, {rows} rows; the ceiling is {CEILING}")
        free = Path(folder) / "free.onnx"
        train(program, data, free)

        def hold(what: str, source: Path | str, threads: str, feed: Path | None = None) -> None:
            out = Path(folder) / "held.onnx"
            told = train(program, source, out, "--memory", CEILING, "--threads", threads, "--cache", folder, group=group, feed=feed)
            if told["peak_memory_bytes"] > CEILING_BYTES:
                failed.append(f"{what} took {told['peak_memory_bytes']} bytes")
            if out.read_bytes() != free.read_bytes():
                failed.append(f"{what} under a ceiling made another model")

        for threads in ("1", "2", "3"):
            hold(f"{threads} threads", data, threads)
        for form in ("gz", "zst", "utf-16"):
            packed = pack(data, form)
            if packed is None:
                print(f"{form} is left out: there is no zstd to pack with")
                continue
            hold(form, packed, "2")
            packed.unlink()
        hold("stdin", "-", "2", feed=data)
        for verb in ("predict", "evaluate"):
            told, _ = peak_of(program, verb, str(free), str(data), group=None)
            again, peak = peak_of(program, verb, str(free), str(data), "--memory", CEILING, "--cache", folder, group=group)
            if peak > CEILING_BYTES:
                failed.append(f"{verb} took {peak} bytes")
            if again != told:
                failed.append(f"{verb} under a ceiling told something else")
    if group is not None:
        group.rmdir()
    else:
        print("no control group could be made: only the peak was looked at")
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
