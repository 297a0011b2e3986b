#!/usr/bin/env bash
# nested_build.sh source preset folder [needed-program package] - builds a preset in a folder of its own, and runs its
# quick tests where it has tests, and its fuzz targets for a minute each where it has sanitizers. For the ctest entries repository.sanitizers and repository.tidy. Exit code 77: skipped.
set -euo pipefail
source=$1 preset=$2 folder=$3

if [ $# -ge 5 ] && ! command -v "$4" >/dev/null 2>&1; then
  echo "SKIPPED: $4 is missing: apt-get install -y --no-install-recommends $5"
  exit 77
fi
jobs=$(nproc)
# The tests of the order of the tree itself have run outside already.
cmake -S "$source" --preset "$preset" -B "$folder" >/dev/null
cmake --build "$folder" --parallel "$jobs" -- -k 0
if grep -q '^OPLINE_BUILD_TESTS:BOOL=ON' "$folder/CMakeCache.txt"; then
  ctest --test-dir "$folder" -LE 'extended|repository|install' --parallel "$jobs" --output-on-failure
  # Every parser, a minute each; only builds with sanitizers have these.
  ctest --test-dir "$folder" -L sanitized_fuzz --parallel "$jobs" --output-on-failure
fi
