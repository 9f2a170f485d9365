#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""message_test.py COMPILER ROOT: for a wrong objective the compiler's message names what is missing, in fewer than ten lines."""

import subprocess
import sys
import tempfile
from pathlib import Path

COMPILER, ROOT = sys.argv[1], Path(sys.argv[2])
PROGRAM = """#include <fallline/optim.hpp>
int main() {{
  auto objective = {objective};
  return fallline::minimize(objective, {{3.0}}, {{.optimizer = fallline::Adam{{}}}}) ? 0 : 1;
}}
"""
RIGHT = "[](std::span<const double> x, std::span<double> g) { g[0] = 2 * x[0]; return x[0] * x[0]; }"
WRONG = [
    "[](double x) { return x; }",
    "[](std::span<const double> x, std::span<double>) { return x; }",
    "[](std::span<const float> x, std::span<float>) { return 0.0; }",
    "3",
]


def compiled(objective: str) -> subprocess.CompletedProcess:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "program.cpp"
        source.write_text(PROGRAM.format(objective=objective), encoding="utf-8")
        command = [COMPILER, "-std=c++20", "-fsyntax-only", "-I", str(ROOT), str(source)]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> None:
    right = compiled(RIGHT)
    assert right.returncode == 0, right.stderr
    for objective in WRONG:
        wrong = compiled(objective)
        lines = wrong.stderr.splitlines()
        assert wrong.returncode != 0, f"{objective} is refused"
        assert len(lines) < 10, f"{len(lines)} lines:\n{wrong.stderr}"
        assert "callable as double(std::span<const double> x, std::span<double> gradient)" in wrong.stderr, wrong.stderr


main()
