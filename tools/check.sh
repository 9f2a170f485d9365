#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The checks that need no run of the program: tools/check.sh [--fix] [STEP...]. `./dev check` installs what they need and calls this.
# With --fix the steps format and ruff mend what they find.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cores=$(nproc)
fix=false
if [ "${1:-}" = --fix ]; then
  fix=true
  shift
fi

# Files of the work tree, whether committed yet or not.
files() { git ls-files -z --cached --others --exclude-standard -- "$@" | while IFS= read -r -d '' file; do
  [ -f "$file" ] && printf '%s\0' "$file"
done; }

check_format() {
  local options=(--dry-run -Werror)
  ! $fix || options=(-i)
  files '*.cpp' '*.hpp' | xargs -0 -r clang-format-19 "${options[@]}"
}

check_floors() { python3 tools/floors.py --self-test && python3 tools/floors.py; }

check_ruff() {
  local lint=(check --quiet) format=(format --check --quiet)
  if $fix; then lint=(check --quiet --fix) format=(format --quiet); fi
  .venv/bin/ruff "${lint[@]}" . && .venv/bin/ruff "${format[@]}" .
}

check_shell() { shellcheck dev .ci/run tools/*.sh; }

# compiled FOLDER: the sources that are built there, each once and as the first target that has it compiles it: what is left of the compile
# commands in FOLDER/once.
compiled() {
  python3 - "$1" <<'PYTHON'
import json, pathlib, sys

folder = pathlib.Path(sys.argv[1])
once = {}
for entry in json.loads((folder / "compile_commands.json").read_text()):
    once.setdefault(entry["file"], entry)
(folder / "once").mkdir(exist_ok=True)
(folder / "once/compile_commands.json").write_text(json.dumps(list(once.values())))
print(*once, sep="\0", end="\0")
PYTHON
}

# clang-tidy over every source that is built, tests included, with clang's own warnings as errors: one pass serves as lint and as proof
# that a second compiler accepts the code. Clang-tidy 22 and later leave the insides of system headers alone, which is two thirds of the time.
check_tidy() {
  local log=build/clang/tidy.log
  cmake --preset clang --log-level=WARNING
  compiled build/clang | xargs -0 -P "$cores" -n 1 .venv/bin/clang-tidy -p build/clang/once --quiet >"$log" 2>&1 || {
    grep -v 'warnings\? generated\|warnings treated as errors\|^Suppressed\|^Use -header-filter\|Processing file' "$log" |
      awk '!seen[$0]++' >&2
    return 1
  }
}

# Floors 0 to 3 for the browser: no exceptions, no threads, 32-bit sizes. The header-only libraries are reached by links of their own,
# for the system's include folder would bring the host's C library along. What needs libarrow, zlib or libzstd stays out.
check_wasm() {
  local include=build/wasm/include library
  mkdir -p "$include"
  for library in fmt nlohmann fast_float hwy; do
    ln -sfn "/usr/include/$library" "$include/$library"
  done
  find fallline/{base,math,optim,model,data,train} -name '*.cpp' ! -name '*_test.cpp' ! -path '*/arrow/library.cpp' ! -path '*/arrow/loader.cpp' ! -path '*/compressed/*' -print0 |
    xargs -0 -r -P "$cores" -I FILE clang++-19 --target=wasm32-wasi -std=c++20 -fsyntax-only -fno-exceptions -Wall -Wextra -Werror \
      -ffp-contract=off -fno-math-errno -DFMT_HEADER_ONLY -D_WASI_EMULATED_MMAN -I. -isystem "$include" FILE
}

steps=("$@")
[ $# -gt 0 ] || steps=(format floors ruff shell wasm tidy)
failed=()
for step in "${steps[@]}"; do
  declare -F "check_$step" >/dev/null || { printf 'check: no step "%s"\n' "$step" >&2; exit 2; }
  begun=$SECONDS
  # In a shell of its own: a condition would switch errexit off inside the step.
  set +e
  (set -e; "check_$step")
  status=$?
  set -e
  if [ $status -eq 0 ]; then
    printf 'ok    %-7s %4d s\n' "$step" $((SECONDS - begun))
  else
    printf 'FAIL  %-7s %4d s\n' "$step" $((SECONDS - begun))
    failed+=("$step")
  fi
done
[ ${#failed[@]} -eq 0 ] || { printf 'check: failed: %s\n' "${failed[*]}" >&2; exit 1; }
