# shellcheck shell=bash
# cmake/setup.sh - shared by ./study, ./check and .ci/run: missing packages, the release build. To be sourced.
#
# Sets `top`, the top of the repository. `program` names the script in messages. Nothing here asks a question or needs a
# terminal. The caller sets -euo pipefail. Exit codes: 1 the build failed, 3 packages have to be installed first.
#
# Warnings are errors in the release preset. With another compiler than GCC 12, Debian 12's, they are not: it may warn
# where GCC 12 does not.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
program=$(basename "$0")
release="$top/build/release"

say() { printf '%s: %s\n' "$program" "$*"; }

# is_installed "a|b": true when a or an alternative is installed.
is_installed() {
  local name
  for name in ${1//|/ }; do
    # Prints one line per architecture: installed, config-files, not-installed ...
    if dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed; then return 0; fi
  done
  return 1
}

# missing_packages use...: one line "package why" for each package of cmake/packages.txt that is not installed.
missing_packages() {
  local package use why
  while read -r package use why; do
    case "$package" in '' | '#'*) continue ;; esac
    case " $* " in *" $use "*) ;; *) continue ;; esac
    is_installed "$package" || printf '%s %s\n' "${package%%|*}" "$why"
  done <"$top/cmake/packages.txt"
}

# as_root command...: runs it as root without asking for a password; false where that is not possible.
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

# apt_knows package...: true when apt's lists have every package (a fresh machine has no lists).
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

# install_packages use...: installs the packages missing for these uses, or prints how to and exits with 3.
install_packages() {
  local missing names=() package why
  if ! command -v dpkg-query >/dev/null 2>&1; then
    say "this is not Debian; assuming that the packages of cmake/packages.txt, or their equivalents, are installed"
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
    say "installing them needs root. Run as root"
    printf '  apt-get update && apt-get install -y --no-install-recommends %s\n' "${names[*]}"
    say "and then start this again"
    exit 3
  fi
  apt_log=$(mktemp)
  apt_knows "${names[@]}" || apt_update || apt_failed "${names[@]}"
  say "installing ${#names[@]} packages"
  # Outdated lists name versions that are no longer on the mirror: then again with fresh lists.
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

# True when the build folder was configured for this path (a tree may have been copied or moved).
is_configured() {
  [ -f "$release/build.ninja" ] &&
    grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$top" "$release/CMakeCache.txt" 2>/dev/null
}

# configure_release [-Dvariable=value...]
configure_release() {
  local fresh=(--fresh) warnings=()
  if is_configured; then fresh=(); fi
  [[ $("${CXX:-c++}" -dumpversion 2>/dev/null) == 12* ]] || warnings=(-DOPLINE_WARNINGS_AS_ERRORS=OFF)
  quietly configure cmake -S "$top" --preset release "${fresh[@]}" "${warnings[@]}" "$@"
}

# build_release target...: shows progress in tenths; on failure the end of the log.
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

# "[12/345] ..." -> one line whenever another tenth is done.
tenth=0
show_tenths() {
  [[ $1 =~ ^\[([0-9]+)/([0-9]+)\] ]] || return 0
  local done=${BASH_REMATCH[1]} all=${BASH_REMATCH[2]} now
  now=$((10 * done / all))
  if [ "$now" -ne "$tenth" ] && [ "$all" -ge 10 ]; then say "build: $done of $all steps"; fi
  tenth=$now
}
