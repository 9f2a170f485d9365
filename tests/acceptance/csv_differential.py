# SPDX-License-Identifier: Apache-2.0
"""Random CSV files of every dialect, read by Fallline, by Arrow and by pandas: the same cells, and types that agree.

    csv_differential.py TORTURE_DUMP [--files 2000] [--seed 1]

TORTURE_DUMP is built from tests/torture. Where the readers differ by intent the files keep away from it: Fallline leaves out blanks
around unquoted cells, reads `+1` but not `0x1F` as a number, and an empty cell is missing to it with or without quotes.
"""

import argparse
import datetime
import io
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas
import pyarrow
from pyarrow import csv

MISSING = ["", "NA", "NaN", "null", "?"]
WORDS = [
    "a",
    "b c",
    "é",
    "日本",
    "it's",
    '5" pipe',
    "x\ty",
    "NA ",
    "-",
    "#1",
    "1,5",
    "1;5",
    "a|b",
    "two\nlines",
    "cr\r\nlf",
    '"',
    '""',
    "'q'",
    "\\",
]
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def number(rng, decimal):
    value = rng.choice([rng.uniform(-1e3, 1e3), rng.gauss(0, 1) * 10 ** rng.randint(-12, 12), float(rng.randint(-(10**9), 10**9))])
    form = rng.choice(["{:.3f}", "{:g}", "{:.17g}", "{:.0f}", "{:e}"])
    return form.format(value).replace(".", decimal)


def date(rng):
    day = datetime.date(1970, 1, 1) + datetime.timedelta(days=rng.randint(-60000, 60000))
    return day.isoformat()


def instant(rng):
    return date(rng) + rng.choice([" ", "T"]) + f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}"


def text(rng):
    return rng.choice(WORDS) if rng.random() < 0.7 else "".join(rng.choice('ab,;|"\n é.') for _ in range(rng.randint(1, 8))).strip() or "z"


class Dialect:
    def __init__(self, rng):
        self.delimiter, self.name = rng.choice([(",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "pipe")])
        self.decimal = rng.choice([".", "."] if self.delimiter == "," else [".", ","])
        self.line_end = rng.choice(["\n", "\r\n", "\r"])
        self.encoding, self.option = rng.choice([("utf-8", "utf-8"), ("utf-8-sig", None), ("latin-1", "latin1"), ("utf-16", None)])
        self.quote_share = rng.choice([0, 0.2, 1])
        self.last_line_end = rng.random() < 0.8

    def options(self):
        words = ["--header", "--delimiter", self.name, "--decimal", self.decimal]
        return words + (["--encoding", self.option] if self.option else [])

    def written(self, cell, rng):
        must = any(c in cell for c in (self.delimiter, "\n", "\r", '"')) or cell != cell.strip()
        quote = must or (cell not in MISSING and rng.random() < self.quote_share)
        return '"' + cell.replace('"', '""') + '"' if quote else cell


def table(rng, dialect):
    """Names and columns of cells."""
    kinds = [rng.choice(["number", "number", "text", "text", "date", "instant"]) for _ in range(rng.randint(2, 7))]
    make = {
        "number": lambda: number(rng, dialect.decimal),
        "text": lambda: text(rng),
        "date": lambda: date(rng),
        "instant": lambda: instant(rng),
    }
    missing = rng.choice([0, 0.2])
    rows = rng.randint(1, 20)
    columns = [[rng.choice(MISSING) if rng.random() < missing else make[kind]() for _ in range(rows)] for kind in kinds]
    if dialect.encoding == "latin-1":
        columns = [[cell.replace("日本", "ü") for cell in column] for column in columns]
    return [f"c {i}" for i in range(len(kinds))], columns


def write(path, names, columns, dialect, rng):
    lines = [dialect.delimiter.join(dialect.written(cell, rng) for cell in row) for row in [names, *zip(*columns, strict=True)]]
    ends = dialect.last_line_end or columns[-1][-1] == ""  # an empty cell at the very end is no null to Arrow's inference
    body = dialect.line_end.join(lines) + (dialect.line_end if ends else "")
    path.write_bytes(body.encode(dialect.encoding))


def by_arrow(path, dialect, types):
    encoding = {"utf-8-sig": "utf-8", "utf-16": "utf-16"}.get(dialect.encoding, dialect.encoding)
    return csv.read_csv(
        io.BytesIO(path.read_bytes().decode(dialect.encoding).encode("utf-8")) if dialect.encoding == "utf-16" else path,
        read_options=csv.ReadOptions(encoding="utf-8" if dialect.encoding == "utf-16" else encoding),
        parse_options=csv.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=True, ignore_empty_lines=True),
        convert_options=csv.ConvertOptions(
            null_values=MISSING,
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            decimal_point=dialect.decimal,
            column_types=types,
        ),
    )


def by_pandas(path, dialect):
    return pandas.read_csv(
        path, sep=dialect.delimiter, encoding=dialect.encoding, dtype=str, keep_default_na=False, na_values=[], skip_blank_lines=True
    )


def seconds(cell):
    return (datetime.datetime.fromisoformat(cell).replace(tzinfo=datetime.timezone.utc) - EPOCH).total_seconds()


def expected(cells, column, decimal):
    """What Fallline should hold for these raw cells, by the type that it decided on."""
    if column["type"] == "number":
        return [None if cell is None else float(cell.replace(decimal, ".")) for cell in cells]
    if column["type"] == "time":
        scale = 86400 if column["unit"].startswith("days") else 1
        return [None if cell is None else seconds(cell) / scale for cell in cells]
    return cells


def compare(got, path, dialect):
    names = [column["name"] for column in got["columns"]]
    strings = by_arrow(path, dialect, {name: pyarrow.string() for name in names})
    inferred = by_arrow(path, dialect, {})
    raw = by_pandas(path, dialect)
    if strings.column_names != names or list(raw.columns) != names:
        return f"names {names}, Arrow has {strings.column_names}, pandas {list(raw.columns)}"
    for i, column in enumerate(got["columns"]):
        ours, cells = got["values"][i], [cell if cell != "" else None for cell in strings.column(i).to_pylist()]
        if (want := expected(cells, column, dialect.decimal)) != ours:
            return f"column {i} ({column['type']}): {ours}, Arrow has {want}"
        loose = expected([None if cell in MISSING else cell for cell in raw.iloc[:, i]], column, dialect.decimal)
        if loose != ours and column["type"] != "text":
            return f"column {i} ({column['type']}): {ours}, pandas has {loose}"
        kind = inferred.schema.field(i).type
        fits = {"number": pyarrow.types.is_integer(kind) or pyarrow.types.is_floating(kind) or pyarrow.types.is_null(kind)}
        fits["time"] = pyarrow.types.is_date(kind) or pyarrow.types.is_timestamp(kind)
        fits["text"] = pyarrow.types.is_string(kind)
        if not fits[column["type"]]:
            return f"column {i} is {column['type']} {ours}, to Arrow {kind}"
    return None


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("dump")
    arguments.add_argument("--files", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    differing = 0
    with tempfile.TemporaryDirectory(prefix="fallline-csv-") as folder:
        for k in range(given.files):
            rng = random.Random(f"{given.seed} {k}")
            dialect = Dialect(rng)
            path = Path(folder) / "file.csv"
            names, columns = table(rng, dialect)
            write(path, names, columns, dialect, rng)
            done = subprocess.run([given.dump, str(path), *dialect.options()], capture_output=True, check=False)
            fault = compare(json.loads(done.stdout), path, dialect) if done.returncode == 0 else done.stderr.decode()
            if fault:
                differing += 1
                print(f"file {k} of seed {given.seed} ({vars(dialect)}): {fault}\n{path.read_bytes()!r}\n")
    print(f"{given.files} files, {differing} read differently")
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
