#!/bin/sh
# tests/cli/manual_lint.sh FOLDER - groff and mandoc find nothing to warn of in the manual pages (FOLDER/*.1.gz). Exit
# code 77: a program is not installed.
set -eu
for program in man mandoc; do
  command -v $program > /dev/null && continue
  echo "SKIPPED: $program is missing: apt-get install -y --no-install-recommends man-db mandoc groff-base"
  exit 77
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for page in "$1"/*.1.gz; do
  gzip -dc "$page" > "$work/page.1"
  LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -l "$work/page.1" 2>> "$work/warnings" > "$work/text"
  grep -q 'opline' "$work/text" || echo "$page is empty" >> "$work/warnings"
  mandoc -T lint -W warning "$work/page.1" >> "$work/warnings" || true
  if [ -s "$work/warnings" ]; then
    echo "$page:"
    cat "$work/warnings"
    exit 1
  fi
done
