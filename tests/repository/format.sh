#!/usr/bin/env bash
# format.sh source - every C and C++ file is as clang-format 14 writes it. For the ctest entry repository.format.
# Another version breaks lines differently, so only 14 (Debian 12) counts. Exit code 77: skipped.
set -euo pipefail

if ! version=$(clang-format --version 2>/dev/null) || [[ $version != *"version 14."* ]]; then
  echo "SKIPPED: clang-format 14 is missing: apt-get install -y --no-install-recommends clang-format"
  exit 77
fi
cd "$1"
find . \( -path ./build -o -path ./opline-study -o -name '.?*' \) -prune -o \
  -type f \( -name '*.h' -o -name '*.c' -o -name '*.cpp' \) -print0 |
  xargs -0 clang-format --dry-run -Werror --style=file
