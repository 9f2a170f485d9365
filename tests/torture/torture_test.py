# SPDX-License-Identifier: Apache-2.0
"""Every file of manifest.json is read as expected: accepted with these columns, types and values, or refused with this code and place.

    torture_test.py TORTURE_DUMP FALLLINE [NAME...]

An entry names its files (in files/, or made from "pieces": texts with how often each is repeated), the options of `fallline train` that
read them, and either what is understood (rows, columns as [name, type or unit], values by column, words of the notes) or how it is
refused (code, words of the sentence). "train" adds options for training a model on it, which must end well.
"""

import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
UNITS = {"days": "days since 1970-01-01", "seconds": "seconds since 1970-01-01 00:00 UTC"}
LEAST_FILES = 80
LEAST_ACCEPTED = 0.6
FIRST_ROWS = 20  # as many as torture_dump prints, and the last


def place(entry, folder):
    """The paths of an entry's files, the big ones made in `folder`."""
    paths = [HERE / "files" / name for name in entry.get("files", [])]
    for name, pieces in entry.get("pieces", {}).items():
        path = folder / name
        path.write_text("".join(text * times for text, times in pieces), encoding="utf-8", newline="")
        paths.append(path)
    return [str(path) for path in paths]


def run(program, *words):
    return subprocess.run([program, *words], capture_output=True, timeout=120, check=False)


def same(got, expected):
    if isinstance(got, float) and isinstance(expected, (int, float)):
        return math.isclose(got, expected, rel_tol=1e-15, abs_tol=0)
    return got == expected


def wrong_columns(got, expected):
    kinds = [[column["name"], column["type"] if column["type"] != "time" else column["unit"]] for column in got]
    wanted = [[name, UNITS.get(kind, kind)] for name, kind in expected]
    return [] if kinds == wanted else [f"columns {kinds}, expected {wanted}"]


def wrong_values(got, expected):
    names = [column["name"] for column in got["columns"]]
    faults = []
    for name, values in expected.items():
        column = got["values"][names.index(name)]
        if got["rows"] > FIRST_ROWS:
            column = column[: len(values)]
        if len(column) != len(values) or not all(map(same, column, values)):
            faults.append(f"{name} holds {column}, expected {values}")
    return faults


def wrong_reading(done, entry):
    """What differs from an entry that is to be accepted."""
    if done.returncode != 0:
        return [f"refused: {done.stderr.decode(errors='replace')}"]
    got = json.loads(done.stdout)
    faults = [] if got["rows"] == entry["rows"] else [f"{got['rows']} rows, expected {entry['rows']}"]
    if "width" in entry and len(got["columns"]) != entry["width"]:
        faults.append(f"{len(got['columns'])} columns, expected {entry['width']}")
    faults += wrong_columns(got["columns"], entry["columns"]) if "columns" in entry else []
    faults += wrong_values(got, entry.get("values", {})) if not faults else []
    told = "\n".join(got["notes"])
    return faults + [f"no note says {words!r}: {got['notes']}" for words in entry.get("notes", []) if words not in told]


def wrong_refusal(done, entry):
    said = done.stderr.decode()
    if done.returncode != entry["code"]:
        return [f"exit code {done.returncode}, expected {entry['code']}: {said}{done.stdout[:200]}"]
    return [f"{words!r} is not said: {said}" for words in entry["says"] if words not in said]


def check(dump, fallline, entry, folder):
    words = [*place(entry, folder), *entry.get("options", [])]
    done = run(dump, *words)
    faults = wrong_refusal(done, entry) if "code" in entry else wrong_reading(done, entry)
    if "train" in entry and not faults:
        model = str(folder / "model.onnx")
        trained = run(fallline, "train", *words, *entry["train"], "--out", model, "--log", "quiet", "--json")
        if trained.returncode != 0:
            faults.append(f"train ended with {trained.returncode}: {trained.stderr.decode(errors='replace')}")
        elif json.loads(trained.stdout)["rows"] != entry["rows"]:
            faults.append(f"train used {json.loads(trained.stdout)['rows']} rows, expected {entry['rows']}")
    return faults


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    dump, fallline, *names = sys.argv[1:]
    entries = json.loads((HERE / "manifest.json").read_text(encoding="utf-8"))
    accepted = sum("code" not in entry for entry in entries)
    failed = 0
    if len(entries) < LEAST_FILES or accepted < LEAST_ACCEPTED * len(entries):
        sys.exit(f"{accepted} of {len(entries)} entries are accepted; there should be {LEAST_FILES} entries, {LEAST_ACCEPTED:.0%} accepted")
    used = {name for entry in entries for name in entry.get("files", [])}
    if used != {path.name for path in (HERE / "files").iterdir()}:
        sys.exit(f"files and manifest differ: {used ^ {path.name for path in (HERE / 'files').iterdir()}}")
    for entry in entries:
        if names and entry["name"] not in names:
            continue
        with tempfile.TemporaryDirectory(prefix="fallline-torture-") as folder:
            faults = check(dump, fallline, entry, Path(folder))
        failed += bool(faults)
        for fault in faults:
            print(f"{entry['name']}: {fault}")
    print(f"{len(entries)} entries, {accepted} to be accepted; {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
