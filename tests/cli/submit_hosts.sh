#!/usr/bin/env bash
# submit_hosts.sh OPLINE FOLDER [OPTIONS OF THE CAMPAIGN] - a campaign on two hosts over ssh, which are this machine under two
# names, with a connection that is killed on the way: the same study as on one machine. For the ctest entry cli.submit_hosts.
# The test has an sshd, keys and a configuration of its own. Exit code 77: skipped.
set -euo pipefail
opline=$(readlink -f "$1") folder=$(realpath -m "$2")
shift 2
[ $# -gt 0 ] || set -- --space tiny --count 2000 --boards nucleo-f446re,nucleo-f411re,nucleo-l4r5zi,nrf52840-dk
packages=()
command -v parallel >/dev/null 2>&1 || packages+=(parallel)
[ -x /usr/sbin/sshd ] || packages+=(openssh-server)
command -v ssh >/dev/null 2>&1 || packages+=(openssh-client)
command -v rsync >/dev/null 2>&1 || packages+=(rsync)
if [ ${#packages[@]} -gt 0 ]; then
  echo "SKIPPED: ${packages[*]} missing: apt-get install -y --no-install-recommends ${packages[*]}"
  exit 77
fi
if [ "$(id -u)" -eq 0 ]; then mkdir -p /run/sshd; fi # sshd's own requirement for root
rm -rf "$folder"
mkdir -p "$folder/ssh"
chmod 700 "$folder/ssh"
cd "$folder"

sshd=
finish() {
  [ -z "$sshd" ] || kill "$sshd" 2>/dev/null || true
}
trap finish EXIT
fail() {
  echo "FAILED: $*"
  "$opline" status d || true
  tail -n 20 d/logs/* ssh/log || true
  exit 1
}
content() { "$opline" merge "$1" --json | sed -n 's/^    "digest": "\(.*\)",$/\1/p'; }

# carries_shard PID: whether shard.sh is among what PID has started.
carries_shard() {
  local child
  for child in $(pgrep -P "$1" || true); do
    if tr '\0' ' ' <"/proc/$child/cmdline" 2>/dev/null | grep -q '^bash ./shard.sh'; then return 0; fi
    if carries_shard "$child"; then return 0; fi
  done
  return 1
}

port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
ssh-keygen -q -t ed25519 -N '' -f ssh/host
ssh-keygen -q -t ed25519 -N '' -f ssh/user
cp ssh/user.pub ssh/authorized
chmod 600 ssh/authorized
cat >ssh/sshd_config <<CONF
ListenAddress 127.0.0.1
Port $port
HostKey $folder/ssh/host
AuthorizedKeysFile $folder/ssh/authorized
PidFile $folder/ssh/pid
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
CONF
cat >ssh/config <<CONF
Host ada bob
  HostName 127.0.0.1
  Port $port
  User $(id -un)
  IdentityFile $folder/ssh/user
  IdentitiesOnly yes
  UserKnownHostsFile $folder/ssh/known
  StrictHostKeyChecking accept-new
  LogLevel ERROR
CONF
/usr/sbin/sshd -D -f "$folder/ssh/sshd_config" -E "$folder/ssh/log" &
sshd=$!
export PARALLEL_SSH="ssh -F $folder/ssh/config -o BatchMode=yes"
export PARALLEL_HOME=$folder/parallel
mkdir -p "$PARALLEL_HOME"
for ((tries = 0; tries < 50; ++tries)); do
  if $PARALLEL_SSH ada true 2>/dev/null; then break; fi
  sleep 0.2
done
$PARALLEL_SSH bob true || fail "sshd does not answer"

"$opline" run "$@" --db one.db --threads 1 --quiet >one.txt
cat one.txt
one=$(content one.db)

# A connection that is killed: its shard is started again.
"$opline" submit --hosts ada,bob --dir d --shards 6 --jobs 1 -- study "$@" >submit.txt 2>submit.err &
submit=$!
killed=
for ((tries = 0; tries < 600; ++tries)); do
  if [ -e d/submission.json ]; then
    code=0
    "$opline" status d >status.txt || code=$?
    if grep -q ' running' status.txt; then [ "$code" -eq 12 ] || fail "status exits with $code while shards run"; fi
  fi
  for connection in $(pgrep -P "$sshd" || true); do
    if carries_shard "$connection" && [ "$tries" -gt 5 ]; then
      kill -KILL "$connection" && killed=yes
      break
    fi
  done
  [ -z "$killed" ] || break
  kill -0 "$submit" 2>/dev/null || break
  sleep 0.2
done
code=0
wait "$submit" || code=$?
cat submit.txt submit.err
[ -n "$killed" ] || fail "the campaign was over before a connection could be killed"
echo "killed a connection; opline submit: exit code $code"
if [ "$code" -ne 0 ]; then
  [ "$code" -eq 13 ] || fail "submit exits with $code"
  "$opline" submit --dir d
fi
"$opline" status d
column -t -s $'\t' d/parallel.log | cut -c 1-100
[ "$(tail -n +2 d/parallel.log | cut -f 2 | sort -u | wc -l)" -eq 2 ] || fail "not on both hosts"
many=$(content d/study.db)
[ -n "$one" ] && [ "$one" = "$many" ] || fail "one machine: $one; two hosts: $many"
id=$(sed -n 's/.*--workdir .cache\/opline\/submit-\([0-9a-f]*\) .*/\1/p' d/submit.sh)
[ ! -e "/tmp/opline-$(id -u)-$id" ] || fail "work was left on the hosts"
echo "content $one, as on one machine"
