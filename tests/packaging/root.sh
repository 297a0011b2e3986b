# shellcheck shell=bash disable=SC2154
# tests/packaging/root.sh - a minimal Debian 12 to install things in. To be sourced; the caller sets `work`, a folder for logs.

skip() { echo "SKIPPED: $*"; exit 77; }
fail() { echo "FAILED: $*"; exit 1; }

# require program...
require() {
  local program
  [ "$(id -u)" -eq 0 ] || skip "a root of its own needs the rights of root; run it as root"
  for program; do
    command -v "$program" > /dev/null ||
      skip "$program is missing: apt-get install -y --no-install-recommends mmdebstrap lintian fakeroot file dpkg-dev"
  done
  unshare --mount true 2> /dev/null || skip "mounting is not permitted here"
}

# make_root FOLDER: from the mirrors of this machine's apt.
make_root() {
  local mirrors
  # shellcheck disable=SC2016 # apt expands these
  mapfile -t mirrors < <(apt-get indextargets --format '$(ORIGIN) deb $(SITE) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' |
    sed -n 's/^Debian //p' | sort -u)
  ((${#mirrors[@]})) || skip "apt has no mirror of Debian: apt-get update"
  mmdebstrap --variant=minbase --dpkgopt=force-unsafe-io --include=ca-certificates bookworm "$1" "${mirrors[@]}" \
    > "$work/mmdebstrap.log" 2>&1 || { tail -n 5 "$work/mmdebstrap.log"; skip "the mirror does not answer"; }
  rm -f "$1/etc/resolv.conf"
  cp -L /etc/resolv.conf "$1/etc/" 2> /dev/null || true
}

# in_root FOLDER command...: with /proc, /sys and /dev, and nothing of this machine's environment.
in_root() {
  # shellcheck disable=SC2016 # the inner shell expands these
  unshare --mount sh -c 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount --rbind /sys "$0/sys" && exec chroot "$0" "$@"' \
    "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "${@:2}" < /dev/null
}
