#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Keeps the house in order: a file may include its own room and the floors below, never a higher floor or a neighbour.

tools/floors.py              checks the tree; exit 1 with FILE:LINE for each include that breaks the rule
tools/floors.py --graph      prints which room includes which, for DESIGN.md
tools/floors.py --self-test  shows that bad includes are found and good ones are not
"""

import re
import sys
import tempfile
from pathlib import Path

# Lowest first; rooms on one line share a floor and have no doors between them.
HOUSE = [
    ["base"],
    ["math"],
    ["optim", "model", "data"],
    ["train"],
    ["study"],
    ["report"],
    ["cli", "python", "web"],
]
FLOOR = {room: floor for floor, rooms in enumerate(HOUSE) for room in rooms}
SURFACES = HOUSE[-1]
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]((?:fallline|' + "|".join(SURFACES) + r')/[^">]+)[">]')


def room_of(path: str) -> str | None:
    """The room of a path as an include writes it: fallline/optim/sgd.hpp -> optim, cli/main.cpp -> cli; None outside the house."""
    parts = path.split("/")
    if parts[0] in SURFACES:
        return parts[0]
    return parts[1] if parts[0] == "fallline" and len(parts) > 2 else None


def fault(source: str, target: str) -> str | None:
    """Why source may not include target, or None where it may."""
    here, there = room_of(source), room_of(target)
    if here is None or there is None or here == there:
        return None
    for room in (here, there):
        if room not in FLOOR:
            return f"'{room}' is not a room of the house; give it a floor in tools/floors.py"
    if FLOOR[there] < FLOOR[here]:
        return None
    if FLOOR[there] == FLOOR[here]:
        return f"{here} and {there} share floor {FLOOR[here]} and know nothing of each other"
    return f"{here} is on floor {FLOOR[here]}, {there} above it on floor {FLOOR[there]}"


def includes(root: Path):
    """(file, line, included path) for every include of the house's own files."""
    for top in ["fallline", *SURFACES]:
        for path in sorted((root / top).rglob("*")):
            if path.suffix in {".hpp", ".cpp", ".h"} and path.is_file():
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    if match := INCLUDE.match(line):
                        yield path.relative_to(root).as_posix(), number, match[1]


def faults(root: Path) -> list[str]:
    found = []
    for source, line, target in includes(root):
        if why := fault(source, target):
            found.append(f"{source}:{line}: includes {target}: {why}")
        elif not (root / target).is_file():
            found.append(f"{source}:{line}: includes {target}: there is no such file")
    return found


def graph(root: Path) -> str:
    doors: dict[str, set[str]] = {}
    for source, _, target in includes(root):
        here, there = room_of(source), room_of(target)
        if here and there:
            doors.setdefault(here, set()).update({there} - {here})
    lines = []
    for floor, rooms in enumerate(HOUSE):
        for room in rooms:
            if room in doors or (root / "fallline" / room).is_dir():
                below = sorted(doors.get(room, ()), key=lambda name: (FLOOR[name], name))
                lines.append(f"{floor}  {room:<7}{'-> ' + ', '.join(below) if below else ''}".rstrip())
    return "\n".join(lines)


def self_test() -> None:
    def found(source: str, target: str) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {target: "", source: f'#pragma once\n#include "{target}"\n'}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            return faults(root)

    up = found("fallline/math/dot.hpp", "fallline/train/run.hpp")
    assert len(up) == 1 and up[0].startswith("fallline/math/dot.hpp:2: includes fallline/train/run.hpp"), up
    assert "floor 3" in up[0], up
    assert "share floor 2" in found("fallline/optim/adam.hpp", "fallline/data/csv.hpp")[0]
    assert "share floor 6" in found("cli/main.cpp", "python/module.hpp")[0]
    assert "not a room" in found("fallline/train/run.hpp", "fallline/utils/text.hpp")[0]
    assert "floor 6" in found("fallline/report/svg.cpp", "cli/args.hpp")[0]
    assert not found("fallline/train/run.hpp", "fallline/base/result.hpp")
    assert not found("fallline/math/dot.cpp", "fallline/math/dot.hpp")
    assert not found("cli/main.cpp", "fallline/report/svg.hpp")


def main(arguments: list[str]) -> int:
    root = Path(__file__).resolve().parent.parent
    if arguments == ["--graph"]:
        print(graph(root))
    elif arguments == ["--self-test"]:
        self_test()
    elif arguments:
        print(__doc__, file=sys.stderr)
        return 2
    else:
        found = faults(root)
        print(*found, sep="\n", end="\n" if found else "", file=sys.stderr)
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
