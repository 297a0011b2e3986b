#!/usr/bin/env bash
# submit_slurm.sh OPLINE FOLDER [OPTIONS OF THE CAMPAIGN] - a campaign on two Slurm nodes, with a task that is requeued, one
# that is cancelled and a node that is lost on the way: the same study as on one machine. For the ctest entry
# cli.submit_slurm. By hand with other options it prints how long each way took. Exit code 77: skipped.
set -euo pipefail
opline=$(readlink -f "$1") folder=$(realpath -m "$2")
shift 2
[ $# -gt 0 ] || set -- --space tiny --count 2000 --boards nucleo-f446re,nucleo-f411re,nucleo-l4r5zi,nrf52840-dk
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck source=tests/cli/slurm_cluster.sh
. "$here/slurm_cluster.sh"
packages=$(missing_slurm_packages)
if [ -n "$packages" ]; then
  echo "SKIPPED: $packages missing: apt-get install -y --no-install-recommends $packages"
  exit 77
fi
if [ "$(id -u)" -ne 0 ]; then
  echo "SKIPPED: slurmd starts tasks as root only: run the test as root"
  exit 77
fi
rm -rf "$folder"
mkdir -p "$folder/tmp"
export TMPDIR=$folder/tmp # where tasks that are killed leave their work
cd "$folder"
trap stop_cluster EXIT

fail() {
  echo "FAILED: $*"
  "$opline" status d || true
  squeue || true
  tail -n 20 d/logs/* cluster/*.log || true
  exit 1
}
# member NAME: of the status.
member() { "$opline" status d --json | sed -n "s/^  \"$1\": \([^,]*\),*$/\1/p"; }
# await SECONDS COMMAND...
await() {
  local seconds=$1
  shift
  for ((; seconds > 0; --seconds)); do
    if "$@"; then return 0; fi
    sleep 1
  done
  fail "waited in vain for: $*"
}
content() { "$opline" merge "$1" --json | sed -n 's/^    "digest": "\(.*\)",$/\1/p'; }
some_outcomes() { [ "$(member outcomes)" -gt 0 ]; }
merged() { [ "$(member merged)" = true ]; }
is_running() { [ "$(member running)" -ge "$1" ]; }
# running_task [FORMAT]: of a task that runs now, its number or what FORMAT of squeue says.
running_task() {
  local found tries
  for ((tries = 0; tries < 300; ++tries)); do
    found=$(squeue --noheader --array --states=running --format="${1:-%K}" --jobs="$array" | head -1)
    if [ -n "$found" ]; then
      echo "$found"
      return
    fi
    sleep 0.2
  done
  fail "no task is running"
}
queue_is_empty() { [ -z "$(squeue --noheader --me)" ]; }

"$opline" run "$@" --db one.db --threads 1 --quiet >one.txt
cat one.txt

start_cluster "$folder/cluster"
"$opline" submit --slurm --dir d --shards 6 --copy-minutes 0.03 -- study "$@"
code=0
"$opline" status d || code=$?
[ "$code" -eq 12 ] || fail "status exits with $code while the campaign is under way"
await 60 is_running 1
array=$(sed -n 's/^shards=//p' d/jobs | head -1)

# A task that goes back into the queue, one that is cancelled for good.
await 120 some_outcomes
scontrol requeue "${array}_$(running_task)"
scancel "${array}_$(running_task)"
echo "requeued and cancelled a task"

# A node that goes away with its task: slurmd and all that it had started.
node=$(running_task %N)
kill_node "$node"
echo "lost $node"
sleep 15
start_node "$node"

await 300 queue_is_empty
"$opline" status d || true
if ! merged; then
  code=0
  "$opline" status d >status.txt || code=$?
  [ "$code" -eq 13 ] || fail "status exits with $code where shards are missing"
  "$opline" submit --dir d
  await 300 queue_is_empty
fi
merged || fail "not merged"
"$opline" status d
for state in d/shards/*.state; do paste -s -d ' ' "$state"; done
[ "$(grep -l 'attempts=[2-9]' d/shards/*.state | wc -l)" -ge 1 ] || fail "no shard was started twice"
one=$(content one.db) many=$(content d/study.db)
[ -n "$one" ] && [ "$one" = "$many" ] || fail "one machine: $one; two nodes: $many"
echo "content $one, as on one machine"
