# SPDX-License-Identifier: Apache-2.0
"""Makes the small files of this folder anew: python tests/data/formats/make.py, with pyarrow. The program's tests need only the files."""

import datetime
import decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet

HERE = Path(__file__).resolve().parent
ROWS = 60


def cells():
    """Columns that CSV and Arrow hold alike: the text of each number is the shortest that reads back as the same."""
    dog = [i % 3 == 0 for i in range(ROWS)]
    return {
        "weight": [None if i % 11 == 5 else 4 + 0.1 * (i % 5) + (6 if dog[i] and i % 4 else 0) for i in range(ROWS)],
        "age": [i % 9 for i in range(ROWS)],
        "price": [decimal.Decimal(i * 37 % 1000) / 100 for i in range(ROWS)],
        "coat": [None if i % 13 == 7 else ("long", "short", 'wi"re, é')[i % 3] for i in range(ROWS)],
        "tame": [i % 4 != 1 for i in range(ROWS)],
        "pet": ["dog" if is_dog else "cat" for is_dog in dog],
    }


def csv_text(columns):
    def cell(value):
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        text = str(value)
        return '"' + text.replace('"', '""') + '"' if '"' in text or "," in text else text

    lines = [",".join(columns)]
    lines += [",".join(map(cell, row)) for row in zip(*columns.values(), strict=True)]
    return "\n".join(lines) + "\n"


def pets():
    columns = cells()
    types = [pa.float64(), pa.int16(), pa.decimal128(6, 2), pa.string(), pa.bool_(), pa.dictionary(pa.int8(), pa.string())]
    arrays = [pa.array(values, type=kind) for values, kind in zip(columns.values(), types, strict=True)]
    table = pa.table(arrays, names=list(columns))
    text = csv_text(columns).encode()
    (HERE / "pets.csv").write_bytes(text)
    half = len(text) // 2
    frames = [pa.compress(part, codec="zstd", asbytes=True) for part in (text[:half], text[half:])]
    (HERE / "pets.csv.zst").write_bytes(b"".join(frames))
    pa.parquet.write_table(table, HERE / "pets.parquet", row_group_size=25)
    plain = table.set_column(3, "coat", table["coat"].cast(pa.large_string()))
    with pa.ipc.new_file(HERE / "pets.arrow", table.schema) as file:
        file.write_table(table, max_chunksize=17)
    with pa.ipc.new_stream(HERE / "pets.arrows", plain.schema) as stream:
        stream.write_table(plain)
    pa.feather.write_feather(plain, HERE / "pets.feather")


def odd():
    """Columns that need a word: times, NaN, large whole numbers, nothing at all, lists."""
    start = datetime.datetime(2024, 2, 28, 23, 59, 59, 250000)
    times = [start + datetime.timedelta(hours=7 * i) for i in range(ROWS)]
    table = pa.table(
        {
            "day": pa.array([time.date() for time in times], type=pa.date32()),
            "moment": pa.array(times, type=pa.timestamp("us")),
            "ratio": pa.array([float("nan") if i % 10 == 3 else i / 7 for i in range(ROWS)], type=pa.float32()),
            "id": pa.array([2**53 + 2 * i + 1 for i in range(ROWS)], type=pa.int64()),
            "void": pa.nulls(ROWS),
            "tags": pa.array([[i, i + 1] for i in range(ROWS)], type=pa.list_(pa.int32())),
            "y": pa.array([3.0 * i for i in range(ROWS)], type=pa.float64()),
        }
    )
    pa.parquet.write_table(table, HERE / "odd.parquet")


if __name__ == "__main__":
    pets()
    odd()
