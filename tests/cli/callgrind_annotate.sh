#!/bin/sh
# tests/cli/callgrind_annotate.sh OPLINE FOLDER - callgrind_annotate reads the profiles that opline writes, and finds their
# totals and calls. Exit code 77: it is not installed.
set -eu
opline=$1
folder=$2
if ! command -v callgrind_annotate > /dev/null; then
  echo "SKIPPED: valgrind is missing: apt-get install -y --no-install-recommends valgrind"
  exit 77
fi
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
for board in nucleo-f446re nucleo-f746zg; do
  "$opline" profile --network kws-s --board $board --callgrind callgrind.out.kws --folded folded.txt > text.txt
  callgrind_annotate --tree=both --inclusive=yes --threshold=100 callgrind.out.kws > annotated.txt 2> errors.txt
  if [ -s errors.txt ]; then cat errors.txt; exit 1; fi
  cycles=$(awk '{ sum += $NF } END { printf "%d", sum }' folded.txt)
  found=$(sed -n 's/^ *\([0-9,]*\) (100.0%).*PROGRAM TOTALS$/\1/p' annotated.txt | head -1 | tr -d ,)
  if [ "$cycles" != "$found" ]; then
    echo "$board: $cycles cycles in the folded stacks, $found in callgrind_annotate's totals"
    exit 1
  fi
  # A function with its caller (<) and its callee (>).
  grep -q '< .*:opline_run_layer (5x)' annotated.txt
  grep -q '\* .*:opline_conv_1x1' annotated.txt
  grep -q '> .*:opline_conv_1x1 (5x)' annotated.txt
done
