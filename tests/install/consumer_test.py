#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""consumer_test.py CMAKE BUILD COMPILER GENERATOR SANITIZER: installs into a prefix below BUILD, then configures, builds and runs consumer/
against that prefix alone."""

import shutil
import subprocess
import sys
from pathlib import Path


def run(*command: str) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def main() -> None:
    cmake, build, compiler, generator, sanitizer = sys.argv[1:6]
    place = Path(build) / "install_test"
    shutil.rmtree(place, ignore_errors=True)
    prefix, project = place / "prefix", place / "build"
    run(cmake, "--install", build, "--prefix", str(prefix), "--component", "library")
    flags = f"-fsanitize={sanitizer}" if sanitizer else ""
    run(
        cmake,
        "-S",
        str(Path(__file__).parent / "consumer"),
        "-B",
        str(project),
        "-G",
        generator,
        f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_CXX_COMPILER={compiler}",
        f"-DCMAKE_CXX_FLAGS={flags}",
    )
    run(cmake, "--build", str(project), "-j", "2")
    assert "Converged" in run(str(project / "small")), "the small program converges"
    assert "converged" in run(str(project / "full")), "the full program converges"
    if sys.platform == "linux":
        linked = run("ldd", str(project / "small"))
        assert "fmt" not in linked and "hwy" not in linked, f"fallline::optim needs no other library:\n{linked}"
        linked = run("ldd", str(project / "full"))
        assert "hwy" not in linked, f"of Highway the headers are enough, its library takes long to load:\n{linked}"


main()
