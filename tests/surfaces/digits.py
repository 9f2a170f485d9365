# SPDX-License-Identifier: Apache-2.0
"""One table of digits in several formats: small as a file, but from half a million rows on its columns and its encoded rows are more than
stays in memory under a ceiling of 128 MB."""

import random

COLUMNS = 16


def rows():
    """A thousand of them; the last digit is 0 or 1 and follows the first."""
    draw = random.Random(1)
    for _ in range(1000):
        x = [draw.randrange(10) for _ in range(COLUMNS)]
        yield [*x, int(x[0] + 9 * draw.random() > 9)]


def csv(thousands):
    lines = [",".join(map(str, row)) + "\n" for row in rows()]
    return (",".join(f"x{i}" for i in range(COLUMNS)) + ",y\n" + "".join(lines) * thousands).encode()


def libsvm(thousands):
    lines = [f"{row[-1]} " + " ".join(f"{i}:{x}" for i, x in enumerate(row[:-1], 1)) + "\n" for row in rows()]
    return ("".join(lines) * thousands).encode()


def npy(thousands):
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({thousands}000, {COLUMNS + 1}), }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + b"".join(map(bytes, rows())) * thousands
