#include "src/campaign/submission_scripts.h"

#include <utility>
#include <vector>

#include "src/base/digest.h"
#include "src/base/shell_word.h"

namespace opline::campaign {
namespace {

namespace fs = std::filesystem;

/// Where both schedulers' shards agree; @names@ are replaced.
constexpr const char* kShard = R"bash(#!/bin/bash
# Written by @by@: measures shard $1 of @shards@ on the local disk and leaves its study in shards/.
# Started by submit.sh. Run again it goes on from what was copied back.
set -u
shard=${1:-${SLURM_ARRAY_TASK_ID:?give the number of a shard}}
opline=@program@
@home@
@work@
state=$folder/shards/$shard.state
value() { sed -n "s/^$1=//p" "$state" 2>/dev/null; }
[ "$(value state)" != done ] || exit 0
attempts=$(($(value attempts) + 1))
seconds=$(value seconds)

# note STATE [EXIT CODE]: how the shard stands, for opline status.
note() {
  printf 'state=%s\nhost=%s\nattempts=%d\nseconds=%d\nexit=%s\n' "$1" \
    "${SLURMD_NODENAME:-$(hostname)}" "$attempts" $((seconds + SECONDS)) "${2-}" >"$state.$$" &&
    mv -f "$state.$$" "$state"
}

put() { cp "$1" "$folder/shards/.$2.$$" && mv -f "$folder/shards/.$2.$$" "$folder/shards/$2"; }

# Copies the study and its content back, each in one step.
publish() {
  local study=$work/study.db
  [ -e "$study" ] || return 0
  if [ -e "$study-wal" ]; then # opline was killed: its log holds a part of the study
    rm -f "$work/copy.db"
    "$opline" merge "$work/copy.db" "$study" --quiet >/dev/null || return
    study=$work/copy.db
  fi
  "$opline" merge "$study" --json >"$work/content.json" || return
  [ "$(value state)" != done ] || return 0 # another start of this shard was faster
  put "$study" "$shard.db" && put "$work/content.json" "$shard.json"
}

signal=
for name in TERM INT HUP USR1; do trap "signal=$name" "$name"; done

[ -e "$work/study.db" ] || cp "$folder/shards/$shard.db" "$work/study.db" 2>/dev/null
note running
code=124
while [ "$code" -eq 124 ] && [ -z "$signal" ]; do
  "$opline" @run@ --shard "$shard/@shards@" --db "$work/study.db" \
    --threads "${SLURM_CPUS_PER_TASK:-1}" &
  child=$!
  next=$((SECONDS + @copy_seconds@))
  heard=
  asked=
  while kill -0 "$child" 2>/dev/null; do
    if [ -n "$signal" ] && [ -z "$heard" ]; then
      next=$SECONDS
      @grace@
      heard=yes
    fi
    if [ -z "$asked" ] && [ "$SECONDS" -ge "$next" ]; then
      kill -TERM "$child" 2>/dev/null # it finishes the networks in flight
      asked=yes
    fi
    sleep 0.2
  done
  wait "$child"
  code=$?
  if ! publish; then
    echo "opline: the study of shard $shard cannot be copied to $folder/shards" >&2
    [ "$code" -eq 0 ] && code=5
  fi
  if [ "$code" -eq 7 ] && [ -n "$asked" ] && [ -z "$signal" ]; then code=124; fi # time to copy
  [ "$code" -ne 124 ] || note running
done

if [ -n "$signal" ] || [ "$code" -eq 7 ]; then
  note stopped
  @requeue@
  exit 7
fi
case $code in
  0 | 11) note done ;; # 11: no network of this shard has a latency
  *)
    note failed "$code"
    exit "$code"
    ;;
esac
@cleanup@
)bash";

constexpr const char* kSlurmWork = R"bash(folder=@folder@
work=$(mktemp -d "${TMPDIR:-/tmp}/opline-shard-XXXXXX") || exit 5
trap 'rm -rf "$work"' EXIT
)bash";

// The folder that GNU parallel makes, from which it takes the files home. The work outlives a lost
// connection: the next start on this host goes on from it.
constexpr const char* kHostsWork = R"bash(folder=.
work=${TMPDIR:-/tmp}/opline-$(id -u)-@id@/$shard
umask 077
mkdir -p shards "$work" || exit 5
exec 9>"$work/lock"
flock --wait 60 9 || { echo "opline: shard $shard is being measured on this host" >&2; exit 5; }
)bash";

constexpr const char* kMerge = R"bash(#!/bin/bash
# Written by @by@: merges the shards' studies on the local disk and repeats the command on the
# result, where nothing is left to measure. Started by submit.sh.
set -u
folder=@folder@
opline=@program@
@home@
finish() {
  printf 'exit=%d\n' "$1" >"$folder/merge.state.$$" && mv -f "$folder/merge.state.$$" "$folder/merge.state"
  exit "$1"
}

missing=
for ((shard = 1; shard <= @shards@; ++shard)); do
  grep -qsx 'state=done' "$folder/shards/$shard.state" || missing+=" $shard"
done
if [ -n "$missing" ]; then
  echo "opline: not done:$missing; opline submit --dir $folder starts these shards again" >&2
  finish 4
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/opline-merge-XXXXXX") || finish 5
trap 'rm -rf "$work"' EXIT
cd "$work" && cp "$folder"/shards/*.db . || finish 5
parts=()
for ((shard = 1; shard <= @shards@; ++shard)); do parts+=("$shard.db"); done
"$opline" merge study.db "${parts[@]}" || finish $?
"$opline" @command@ --db study.db @out@ --threads "${SLURM_CPUS_PER_TASK:-1}" >result.txt
code=$?
cat result.txt
"$opline" merge study.db --json >content.json || finish $?
for file in study.db content.json result.txt; do
  cp "$file" "$folder/.$file.$$" && mv -f "$folder/.$file.$$" "$folder/$file" || finish 5
done
if [ -d results ]; then
  rm -rf "$folder/results"
  cp -r results "$folder/results" || finish 5
fi
finish "$code"
)bash";

constexpr const char* kSlurm = R"bash(#!/bin/bash
# Written by @by@: submit.sh RANGES [JOB...] submits the shards RANGES (1-8 or 2,5; empty: none) and
# the job that merges them once they and the jobs JOB... have ended. A line for each is added to jobs.
set -eu
folder=@folder@
ranges=$1
shift
after=$(printf ':%s' "$@")
[ "$#" -gt 0 ] || after=
if [ -n "$ranges" ]; then
  job=$(sbatch --parsable --job-name=opline-shard --array="$ranges" --requeue \
    --output="$folder/logs/shard-%a.log" --open-mode=append --signal=B:USR1@120 \
    --ntasks=1 --cpus-per-task=1 @sbatch@ "$folder/shard.sh")
  job=${job%%;*}
  after+=:$job
  echo "shards=$job" >>"$folder/jobs"
  echo "shards $ranges: job $job"
fi
job=$(sbatch --parsable --job-name=opline-merge ${after:+--dependency=afterany$after} \
  --output="$folder/logs/merge.log" --open-mode=append --ntasks=1 --cpus-per-task=1 @sbatch@ \
  "$folder/merge.sh")
echo "merge=${job%%;*}" >>"$folder/jobs"
echo "merging: job ${job%%;*}"
)bash";

constexpr const char* kHosts = R"bash(#!/bin/bash
# Written by @by@: submit.sh SHARD... measures these shards on the hosts, one per core at a time,
# and merges them. A shard whose host is lost is started again on another one. Needs GNU parallel
# and rsync here, rsync and opline on the hosts.
set -u
folder=@folder@
cd "$folder" || exit 5
exec 9>hosts.lock
flock --nonblock 9 || { echo "opline: $folder is being measured already" >&2; exit 5; }
export PARALLEL_SSH=${PARALLEL_SSH:-ssh -o BatchMode=yes -o ServerAliveInterval=15 -o ServerAliveCountMax=4}
if [ "$#" -gt 0 ]; then
  parallel --sshlogin @hosts@ --jobs @jobs@ --retries @retries@ --joblog +parallel.log \
    --workdir .cache/opline/submit-@id@ --basefile ./shard.sh --cleanup \
    --return ./shards/{}.db --return ./shards/{}.json --return ./shards/{}.state \
    bash ./shard.sh {} ::: "$@" 9>&- >>logs/shards.log 2>&1
fi
./merge.sh 9>&- >>logs/merge.log 2>&1
)bash";

using Values = std::vector<std::pair<std::string, std::string>>;

std::string filled(std::string text, const Values& values) {
  for (const auto& [name, value] : values) {
    for (std::size_t at = text.find(name); at != text.npos; at = text.find(name, at + value.size()))
      text.replace(at, name.size(), value);
  }
  return text;
}

std::string words(const std::vector<std::string>& list) {
  std::string text;
  for (const std::string& word : list) text += (text.empty() ? "" : " ") + shell_word(word);
  return text;
}

/// The command as `run` for one shard: without what only `study` has.
std::vector<std::string> run_of(const Submission& submission) {
  std::vector<std::string> run = {"run"};
  for (auto word = submission.command.begin() + 1; word != submission.command.end(); ++word) {
    if (*word != "--allow-not-valid" && *word != "--details") run.push_back(*word);
  }
  return run;
}

Values values_of(const Submission& submission, const fs::path& folder) {
  const bool slurm = submission.scheduler == Scheduler::slurm;
  const std::string home =
      submission.home.empty() ? "" : "export OPLINE_HOME=" + shell_word(submission.home);
  std::string hosts;
  for (const std::string& host : submission.hosts) hosts += (hosts.empty() ? "" : ",") + host;
  return {
      {"@work@", slurm ? kSlurmWork : kHostsWork},
      {"@by@", submission.created_by},
      {"@shards@", std::to_string(submission.shards)},
      {"@program@", shell_word(submission.program)},
      {"@home@", home},
      {"@folder@", shell_word(folder.string())},
      {"@id@", digest(to_text(submission)).substr(0, 12)},
      {"@run@", words(run_of(submission))},
      {"@command@", words(submission.command)},
      {"@out@", submission.command[0] == "study" ? "--out results" : ""},
      {"@copy_seconds@", std::to_string(submission.copy_seconds)},
      {"@grace@",
       slurm ? "# Slurm ends a task with SIGTERM to all of its processes; a second one would cut "
               "opline off.\n      [ \"$signal\" != TERM ] || next=$((SECONDS + 5))"
             : ":"},
      {"@requeue@",
       slurm ? "if [ \"$signal\" = USR1 ] && scontrol requeue \"$SLURM_JOB_ID\"; then exit 0; fi"
             : ":"},
      {"@cleanup@", slurm ? ":" : "rm -rf \"$work\"; rmdir \"${work%/*}\" 2>/dev/null || :"},
      {"@sbatch@", words(submission.sbatch)},
      {"@hosts@", shell_word(hosts)},
      {"@jobs@", shell_word(submission.jobs)},
      {"@retries@", std::to_string(submission.retries)}};
}

}  // namespace

std::string shard_script(const Submission& submission, const fs::path& folder) {
  return filled(kShard, values_of(submission, folder));
}

std::string merge_script(const Submission& submission, const fs::path& folder) {
  return filled(kMerge, values_of(submission, folder));
}

std::string submit_script(const Submission& submission, const fs::path& folder) {
  const bool slurm = submission.scheduler == Scheduler::slurm;
  return filled(slurm ? kSlurm : kHosts, values_of(submission, folder));
}

}  // namespace opline::campaign
