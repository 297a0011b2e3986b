# shellcheck shell=bash
# tests/cli/slurm_cluster.sh - two Slurm nodes on one machine, with a configuration of their own. To be sourced.
#
# start_cluster FOLDER starts munged, slurmctld and a slurmd for each of the nodes n1 and n2, and exports SLURM_CONF.
# stop_cluster ends what it started. Nothing of the system's Slurm is used. Everything runs as the user of the test; as
# root the tasks run as root, too.

# missing_packages: the Debian packages that are needed and not there.
missing_slurm_packages() {
  local names=()
  command -v slurmctld >/dev/null 2>&1 && command -v sbatch >/dev/null 2>&1 || names+=(slurm-wlm)
  command -v munged >/dev/null 2>&1 || names+=(munge)
  printf '%s' "${names[*]-}"
}

free_port() {
  /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_node() {
  slurmd -N "$1"
}

start_cluster() {
  cluster=$1
  mkdir -p "$cluster"
  chmod 755 "$cluster"
  dd if=/dev/urandom of="$cluster/munge.key" bs=1 count=1024 2>/dev/null
  chmod 600 "$cluster/munge.key"
  munged --key-file="$cluster/munge.key" --socket="$cluster/munge.socket" --pid-file="$cluster/munged.pid" \
    --log-file="$cluster/munged.log" --seed-file="$cluster/munged.seed" --force
  local host user
  host=$(hostname)
  user=$(id -un)
  cat >"$cluster/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$cluster/munge.socket,cred_expire=5
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/%n
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/%n.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/%n.log
SlurmctldPort=$(free_port)
SlurmdTimeout=10
KillWait=10
MinJobAge=2
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=2,batch_sched_delay=1
RequeueExit=75
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$(free_port) CPUs=1 RealMemory=1000
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$(free_port) CPUs=1 RealMemory=1000
PartitionName=p Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF="$cluster/slurm.conf"
  mkdir -p "$cluster/state"
  slurmctld
  start_node n1
  start_node n2
  local waited
  for ((waited = 0; waited < 30; ++waited)); do
    [ "$(sinfo --noheader --Node --states=idle --format=%N 2>/dev/null | wc -l)" -eq 2 ] && return 0
    sleep 1
  done
  sinfo
  tail -n 20 "$cluster"/*.log
  return 1
}

stop_cluster() {
  [ -n "${cluster-}" ] || return 0
  scancel --me 2>/dev/null || true
  sleep 1
  local name
  for name in n1 n2 slurmctld munged; do
    [ -f "$cluster/$name.pid" ] && kill "$(cat "$cluster/$name.pid")" 2>/dev/null
  done
  cluster=
}

# kill_node NAME: slurmd, the steps that it started and their processes, as when the machine goes.
kill_node() {
  local pid children
  children=$(pgrep -f "slurmstepd: \[.*\]" || true)
  kill -KILL "$(cat "$cluster/$1.pid")"
  for pid in $children; do
    if tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qs "^SLURM_CONF=$cluster/"; then
      kill_tree_of_node "$1" "$pid"
    fi
  done
}

# kill_tree_of_node NAME PID: the slurmstepd PID and its task, where the task runs on that node.
kill_tree_of_node() {
  local child
  for child in $(pgrep -P "$2"); do
    if tr '\0' '\n' <"/proc/$child/environ" 2>/dev/null | grep -qs "^SLURMD_NODENAME=$1$"; then
      kill -KILL -- "$2" "-$child" 2>/dev/null || kill -KILL "$2" "$child" 2>/dev/null || true
    fi
  done
}
