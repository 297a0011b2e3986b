#!/usr/bin/env bash
# tests/packaging/clean_root.sh BUILD FOLDER - the Debian package as a user meets it: cpack makes it, lintian checks it, apt
# installs it in a minimal Debian 12 without a compiler, where a study, the manual and the completion are used; removing it
# leaves nothing. Prints the sizes and the time from installing to the first verdict. Exit code 77: something is missing.
set -euo pipefail
build=$1 work=$2
root=$work/root
# shellcheck source=tests/packaging/root.sh
source "$(dirname "$0")/root.sh"
require mmdebstrap lintian fakeroot file dpkg-shlibdeps

rm -rf "$work" && mkdir -p "$work/packages"
echo "making the packages"
(cd "$build" && cpack -G DEB -B "$work/packages") > "$work/cpack.log" 2>&1 || { tail -n 20 "$work/cpack.log"; fail cpack; }
package=$(ls "$work"/packages/opline_*.deb)
development=$(ls "$work"/packages/libopline-dev_*.deb)
version=$("$build/opline" --version)
[ "opline $(dpkg-deb --field "$package" Version)" = "$version" ] || fail "the package is not of $version"
dpkg-deb --field "$package" Depends | grep -q 'libc6 (>= ' || fail "dpkg-shlibdeps added no dependencies"
lintian --allow-root --fail-on error "$package" "$development" > "$work/lintian.log" 2>&1 ||
  { cat "$work/lintian.log"; fail lintian; }
cat "$work/lintian.log"

echo "making a minimal Debian 12"
make_root "$root"
inside() { in_root "$root" "$@"; }
files() { (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./root -o -path ./tmp \) -prune -o -print | sort); }

cp "$package" "$root/root/"
inside apt-get update > "$work/apt.log" 2>&1
inside apt-get install -y --no-install-recommends man-db bash-completion >> "$work/apt.log" 2>&1
files > "$work/before"
inside sh -c '! command -v gcc && ! command -v cc && ! command -v arm-none-eabi-gcc' || fail "the root has a compiler"

echo "installing the package, and a study"
start=$(date +%s.%N)
inside apt-get install -y --no-install-recommends "/root/$(basename "$package")" >> "$work/apt.log" 2>&1 || { tail -n 20 "$work/apt.log"; fail "apt-get install"; }
installed=$(date +%s.%N)
inside sh -c 'cd /tmp && opline study --space tiny --boards nucleo-f446re --count 40 --seed 1 --db study.db --out results' \
  > "$work/study.txt" 2>&1 && code=0 || code=$?
verdict=$(date +%s.%N)
grep -Eq '^(VALID|NOT VALID|UNDECIDED)' "$work/study.txt" || { cat "$work/study.txt"; fail "no verdict (exit code $code)"; }
ls "$root"/tmp/results/*.svg > /dev/null || fail "the study drew no figure"

# Every board's image boots and every image is there; the program finds its data from anywhere.
for board in $(inside opline boards | cut -d' ' -f1); do
  inside sh -c "cd / && opline inspect --network kws-s --boards $board" | grep -q cycles || fail "no cycles on $board"
done
inside opline doctor > "$work/doctor.txt" || fail "doctor"
grep -q '/usr/share/opline' "$work/doctor.txt" || fail "doctor does not say where the data are"
inside sh -c 'cd /tmp && opline firmware build --board nucleo-f446re' > "$work/firmware.txt" 2>&1 && fail "firmware without a compiler"
grep -q 'apt-get install .*gcc-arm-none-eabi' "$work/firmware.txt" || { cat "$work/firmware.txt"; fail "firmware build names no package"; }
inside sh -c 'cd /tmp && opline firmware sources --board nucleo-f446re --out own' > /dev/null
[ -f "$root/tmp/own/firmware/include/opline_device.h" ] || fail "no header for a runtime of one's own"
inside opline report --db /tmp/study.db --out /tmp/report.html
inside opline export --db /tmp/study.db --format cpp --allow-not-valid --out /tmp/cost.h > /dev/null || fail "export"

# Manual and completion.
inside man -P cat opline | grep -q 'opline-study(1)' || fail "man opline"
inside sh -c 'man -P cat opline-study | grep -q -- --boards' || fail "man opline-study"
# shellcheck disable=SC2016 # the inner shell expands these
completed=$(inside bash -c '. /usr/share/bash-completion/bash_completion
  compopt() { :; }
  _completion_loader opline || true
  COMP_WORDS=(opline run --boards nucleo-f44) COMP_CWORD=3
  _opline; echo "${COMPREPLY[@]}"')
[ "$completed" = nucleo-f446re ] || fail "completion: '$completed'"

inside apt-get purge -y opline >> "$work/apt.log" 2>&1
inside apt-get autoremove --purge -y >> "$work/apt.log" 2>&1
[ -z "$(inside find / -xdev -path '*opline*' -not -path '/proc/*' -not -path '/var/cache/*' -not -path '/tmp/*' -not -path '/root/*' -not -path '/var/log/*')" ] ||
  fail "removal leaves files of opline"
files > "$work/after"
left=$(comm -13 "$work/before" "$work/after" | grep -Ev '^\./(var/(log|cache|lib/(apt|dpkg|systemd))|etc/ld.so.cache)' || true)
[ -z "$left" ] || fail "removal leaves: $left"

awk -v a="$start" -v b="$installed" -v c="$verdict" -v size="$(stat -c %s "$package")" \
  -v unpacked="$(dpkg-deb --field "$package" Installed-Size)" 'BEGIN {
  printf "package %.1f MB, installed %.1f MB; apt-get install %.1f s, study %.1f s: %.1f s from installing to the verdict\n",
    size / 1e6, unpacked * 1024 / 1e6, b - a, c - b, c - a }'
rm -rf --one-file-system "$root"
