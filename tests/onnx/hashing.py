# SPDX-License-Identifier: Apache-2.0
"""What docs/onnx.md says of hashed columns, written again from its text alone: words of a text, buckets of words and cells."""

import itertools
import re

SEPARATORS = (
    "\x80-\xa9\xab-\xb4\xb6-\xb9\xbb-\xbf\xd7\xf7\u037e\u0387\u0589\u058a\u05be\u05f3\u05f4\u060c\u060d\u061b-\u061f\u066a-\u066d\u06d4"
    "\u0964\u0965\u2000-\u206f\u20a0-\u20cf\u2190-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u30fb\ufe10-\ufe6f\ufeff-\uff0f"
    "\uff1a-\uff20\uff3b-\uff3e\uff40\uff5b-\uff65\uffe0-\uffff\U0001f000-\U0001faff"
)
WORD = re.compile("(?:[0-9A-Za-z_]|[^\x00-\x7f" + SEPARATORS + "])+")

# first and last capital, step between capitals, distance to the small letter
CAPITALS = [
    (0x41, 0x5A, 1, 32), (0xC0, 0xD6, 1, 32), (0xD8, 0xDE, 1, 32), (0x100, 0x12E, 2, 1), (0x130, 0x130, 1, -199), (0x132, 0x136, 2, 1),
    (0x139, 0x147, 2, 1), (0x14A, 0x176, 2, 1), (0x178, 0x178, 1, -121), (0x179, 0x17D, 2, 1), (0x386, 0x386, 1, 38),
    (0x388, 0x38A, 1, 37), (0x38C, 0x38C, 1, 64), (0x38E, 0x38F, 1, 63), (0x391, 0x3A1, 1, 32), (0x3A3, 0x3AB, 1, 32),
    (0x3C2, 0x3C2, 1, 1), (0x400, 0x40F, 1, 80), (0x410, 0x42F, 1, 32), (0x460, 0x480, 2, 1), (0x48A, 0x4BE, 2, 1), (0x4C0, 0x4C0, 1, 15),
    (0x4C1, 0x4CD, 2, 1), (0x4D0, 0x52E, 2, 1), (0x531, 0x556, 1, 48), (0x1E00, 0x1E94, 2, 1), (0x1EA0, 0x1EFE, 2, 1),
    (0xFF21, 0xFF3A, 1, 32),
]  # fmt: skip
FOLDED = {code: code + shift for first, last, step, shift in CAPITALS for code in range(first, last + 1, step)}


def words(text: str) -> list[str]:
    return [word.translate(FOLDED) for word in WORD.findall(text)]


def grams(text: str) -> list[str]:
    """Each word, and each pair of neighbours with a space between."""
    found = words(text)
    return found + [a + " " + b for a, b in itertools.pairwise(found)]


def bucket(text: str, buckets: int) -> int:
    """FNV-1a of the UTF-8 bytes in 64 bits, its upper half folded onto the lower, modulo the number of buckets (a power of two)."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return (value ^ value >> 32) % buckets


def counts(text: str, buckets: int) -> dict[int, int]:
    """How often each bucket is hit by the words and pairs of a text."""
    hit: dict[int, int] = {}
    for gram in grams(text):
        at = bucket(gram, buckets)
        hit[at] = hit.get(at, 0) + 1
    return hit
