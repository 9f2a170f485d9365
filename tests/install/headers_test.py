#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""headers_test.py COMPILER ROOT: each public header of fallline::optim compiles by itself and includes no third-party header."""

import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

COMPILER, ROOT = sys.argv[1], Path(sys.argv[2])
FOREIGN = re.compile(r"/(fmt|hwy|nlohmann|fast_float|gtest)/")


def fault(header: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source, depends = Path(folder) / "alone.cpp", Path(folder) / "alone.d"
        source.write_text(f'#include "{header}"\n', encoding="utf-8")
        command = [COMPILER, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-fsyntax-only"]
        command += ["-MD", "-MF", str(depends), "-I", str(ROOT), str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return f"{header} does not compile by itself:\n{done.stderr}"
        foreign = FOREIGN.search(depends.read_text(encoding="utf-8"))
        return f"{header} exposes a header of {foreign[1]}" if foreign else ""


def main() -> None:
    rooms = [ROOT / "fallline" / "base", ROOT / "fallline" / "optim"]
    headers = [path.relative_to(ROOT).as_posix() for room in rooms for path in sorted(room.rglob("*.hpp"))]
    headers = ["fallline/optim.hpp"] + [h for h in headers if "/detail/" not in h and "/testing" not in h]
    assert len(headers) > 30, "the headers are found"
    with ThreadPoolExecutor(2) as pool:
        faults = [text for text in pool.map(fault, headers) if text]
    if faults:
        sys.exit("\n".join(faults))


main()
