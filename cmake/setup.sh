# shellcheck shell=bash
# cmake/setup.sh - what ./study, ./check and .ci/run share: missing packages, the release build. To be sourced.
#
# Sets `top`, the top of the repository. `program` names the script in messages. Nothing here asks a question or
# needs a terminal. The caller sets -euo pipefail. Exit codes: 1 the build failed, 3 something has to be installed first.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$(basename "$0")
release="$top/build/release"

say() { printf '%s: %s\n' "$program" "$*"; }

# is_installed "a|b": is a, or what serves as well, installed?
is_installed() {
  local name
  for name in ${1//|/ }; do
    # A line for each architecture it is known for: installed, config-files, not-installed ...
    if dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed; then return 0; fi
  done
  return 1
}

# missing_packages use...: a line "package why" for each package of cmake/packages.txt that is not there.
missing_packages() {
  local package use why
  while read -r package use why; do
    case "$package" in '' | '#'*) continue ;; esac
    case " $* " in *" $use "*) ;; *) continue ;; esac
    is_installed "$package" || printf '%s %s\n' "${package%%|*}" "$why"
  done <"$top/cmake/packages.txt"
}

# as_root command...: runs it as root without asking; false if that can't be.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo -n "$@"
  fi
}

can_be_root() { [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; }

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" </dev/null >"$apt_log" 2>&1
}

# Every package has a candidate in apt's lists (a fresh machine has no lists).
apt_knows() {
  local package
  for package in "$@"; do
    apt-cache --quiet=2 show --no-all-versions "$package" >/dev/null 2>&1 || return 1
  done
}

apt_update() {
  say "updating apt's lists"
  as_root apt-get update </dev/null >"$apt_log" 2>&1
}

# install_packages use...: installs what is missing for these uses, or says how and exits 3.
install_packages() {
  local missing names=() package why
  if ! command -v dpkg-query >/dev/null 2>&1; then
    say "this is not Debian: the packages of cmake/packages.txt, or their equivalents, are taken for granted"
    return 0
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  say "these packages are missing:"
  while read -r package why; do
    printf '  %-30s %s\n' "$package" "$why"
    names+=("$package")
  done <<<"$missing"
  if ! can_be_root; then
    say "they can't be installed without root. As root run"
    printf '  apt-get update && apt-get install -y --no-install-recommends %s\n' "${names[*]}"
    say "and start this again"
    exit 3
  fi
  apt_log=$(mktemp)
  apt_knows "${names[@]}" || apt_update || apt_failed "${names[@]}"
  say "installing ${#names[@]} packages"
  # Stale lists name versions that are gone from the mirror: then once more with fresh ones.
  apt_install "${names[@]}" || { apt_update && apt_install "${names[@]}"; } || apt_failed "${names[@]}"
  rm -f "$apt_log"
}

apt_failed() {
  tail -n 20 "$apt_log" >&2
  rm -f "$apt_log"
  say "apt-get failed (above). Once it works, run as root"
  printf '  apt-get update && apt-get install -y --no-install-recommends %s\n' "$*"
  exit 3
}

# The build folder was configured, and for this place (a tree may have been copied or moved).
is_configured() {
  [ -f "$release/build.ninja" ] &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$top" "$release/CMakeCache.txt" 2>/dev/null
}

# configure_release [-Dvariable=value...]
configure_release() {
  local fresh=(--fresh)
  if is_configured; then fresh=(); fi
  quietly configure cmake -S "$top" --preset release "${fresh[@]}" "$@"
}

# build_release target...: shows every tenth of the way; on failure the log's end.
build_release() {
  quietly build cmake --build "$release" --target "$@"
}

# quietly step command...: its output goes to build/<step>.log, ninja's counter to the screen.
quietly() {
  local step=$1 log="$top/build/$1.log" line
  shift
  mkdir -p "$top/build"
  if ! (cd "$top" && "$@" 2>&1) | while IFS= read -r line; do
    printf '%s\n' "$line" >&3
    show_tenths "$line"
  done 3>"$log"; then
    tail -n 40 "$log" >&2
    say "the step '$step' failed; its log is $log"
    exit 1
  fi
}

# "[12/345] ..." -> a line whenever another tenth is done.
tenth=0
show_tenths() {
  [[ $1 =~ ^\[([0-9]+)/([0-9]+)\] ]] || return 0
  local done=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]} now
  now=$((10 * done / all))
  if [ "$now" -ne "$tenth" ] && [ "$all" -ge 10 ]; then say "build: $done of $all steps"; fi
  tenth=$now
}
