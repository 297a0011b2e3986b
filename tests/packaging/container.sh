#!/usr/bin/env bash
# tests/packaging/container.sh SOURCES FOLDER - executes packaging/Containerfile without a container engine or a registry:
# every stage in a minimal Debian 12 of its own, in place of the base image. Exit code 77: something is missing.
set -euo pipefail
sources=$1 work=$2
# shellcheck source=tests/packaging/root.sh
source "$(dirname "$0")/root.sh"
require mmdebstrap

rm -rf "$work" && mkdir -p "$work"
root='' directory=/ entry=() stages=0 runs=0

# The words of ["opline", "--help"].
words_of() { tr -d '[],"' <<< "$1"; }

copy() { # the arguments of COPY
  case $1 in
    --from=*)
      mkdir -p "$root/$3"
      # shellcheck disable=SC2086 # a pattern
      cp "$work/${1#--from=}"/$2 "$root/$3" ;;
    .)
      mkdir -p "$root/$2"
      tar -C "$sources" --exclude=./build --exclude=./.git -c . | tar -x -C "$root/$2" ;;
    *) fail "COPY $* is not understood" ;;
  esac
}

while read -r instruction arguments; do
  case $instruction in
    '' | '#'*) continue ;;
    FROM)
      read -r image _ name <<< "$arguments"
      [ "$image" = docker.io/library/debian:bookworm-slim ] || fail "the base image is $image"
      stages=$((stages + 1)) directory=/ root=$work/${name:-last}
      make_root "$root" ;;
    WORKDIR) directory=$arguments && mkdir -p "$root$directory" ;;
    COPY)
      read -ra words <<< "$arguments"
      copy "${words[@]}" ;;
    RUN)
      echo "RUN $arguments"
      runs=$((runs + 1))
      in_root "$root" sh -c "cd $directory && $arguments" > "$work/run.log" 2>&1 || { tail -n 20 "$work/run.log"; fail "RUN"; } ;;
    ENTRYPOINT) read -ra entry <<< "$(words_of "$arguments")" ;;
    CMD)
      # shellcheck disable=SC2046 # words
      in_root "$root" "${entry[@]}" $(words_of "$arguments") | grep -q '^Verbs:' || fail "CMD prints no help" ;;
    *) fail "$instruction is not understood" ;;
  esac
done < "$sources/packaging/Containerfile"
((stages == 2 && runs == 4)) || fail "$stages stages, $runs commands"

in_root "$root" sh -c '! command -v cc && ! command -v arm-none-eabi-gcc' || fail "the last stage has a compiler"
in_root "$root" sh -c 'cd /work && opline study --space tiny --boards nucleo-f446re --count 40 --seed 1' > "$work/study.txt" 2>&1 || true
grep -Eq '^(VALID|NOT VALID|UNDECIDED)' "$work/study.txt" || { cat "$work/study.txt"; fail "no verdict"; }
rm -rf --one-file-system "$work/build" "$work/last"
