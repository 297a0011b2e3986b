#include "src/cli/schedulers.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <set>
#include <sstream>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/parse_number.h"
#include "src/base/process.h"

namespace opline::cli {
namespace {

namespace fs = std::filesystem;
using campaign::Scheduler;

/// Jobs that submit.sh noted in `folder`/jobs under `kind`: "shards" or "merge".
std::set<std::string> noted_jobs(const fs::path& folder, const std::string& kind) {
  std::set<std::string> jobs;
  if (!fs::exists(folder / "jobs")) return jobs;
  std::istringstream lines(read_file(folder / "jobs"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(kind + "=")) jobs.insert(line.substr(kind.size() + 1));
  }
  return jobs;
}

/// A task of an array, or a job, of this user.
struct Entry {
  std::string job;   ///< Of an array: the array's.
  std::string task;  ///< "N/A" outside arrays.
  std::string state;
};

/// Missing where squeue cannot be asked.
std::optional<std::vector<Entry>> squeue() {
  Ended ended;
  try {
    ended = opline::run_program({"squeue", "--noheader", "--array", "--me", "--format=%F %K %T"});
  } catch (const Error&) {
    return std::nullopt;
  }
  if (ended.exit_code != 0) return std::nullopt;
  std::vector<Entry> entries;
  std::istringstream lines(ended.output);
  for (Entry entry; lines >> entry.job >> entry.task >> entry.state;) entries.push_back(entry);
  return entries;
}

campaign::Queue ask_slurm(const fs::path& folder) {
  const auto entries = squeue();
  if (!entries) return {};
  campaign::Queue queue;
  queue.shards.emplace();
  const std::set<std::string> arrays = noted_jobs(folder, "shards");
  const std::set<std::string> merges = noted_jobs(folder, "merge");
  for (const Entry& entry : *entries) {
    if (merges.contains(entry.job)) queue.merge = true;
    const auto shard = parse_number<std::uint64_t>(entry.task);
    if (!arrays.contains(entry.job) || !shard) continue;
    (*queue.shards)[*shard] |= entry.state == "RUNNING" || entry.state == "COMPLETING";
  }
  return queue;
}

/// Whether submit.sh holds its lock.
bool is_locked(const fs::path& lock) {
  const int file = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool locked = ::flock(file, LOCK_EX | LOCK_NB) != 0;
  ::close(file);
  return locked;
}

campaign::Queue ask_hosts(const fs::path& folder, const campaign::Submission& submission) {
  campaign::Queue queue;
  queue.shards.emplace();
  if (!is_locked(folder / "hosts.lock")) return queue;
  queue.merge = true;
  // GNU parallel takes the shards in order, and the hosts keep their states until they are done.
  std::uint64_t running =
      submission.hosts.size() * parse_number<std::uint64_t>(submission.jobs).value_or(1);
  const campaign::Status status = campaign::read_status(folder, submission, {});
  for (const campaign::Shard& shard : status.shards) {
    if (shard.state == campaign::ShardState::done) continue;
    (*queue.shards)[shard.number] = running > 0;
    running -= running > 0 ? 1 : 0;
  }
  return queue;
}

void require_program(const std::string& name, const std::string& package) {
  try {
    (void)opline::run_program({name, "--version"});
  } catch (const Error& error) {
    if (error.code() != ErrorCode::missing_tool) throw;
    throw Error(ErrorCode::missing_tool, "{} is missing: apt-get install {}", name, package);
  }
}

}  // namespace

campaign::Queue ask_scheduler(const fs::path& folder, const campaign::Submission& submission) {
  return submission.scheduler == Scheduler::slurm ? ask_slurm(folder)
                                                  : ask_hosts(folder, submission);
}

std::vector<std::string> live_jobs(const fs::path& folder) {
  const std::set<std::string> noted = noted_jobs(folder, "shards");
  std::set<std::string> live;
  for (const Entry& entry : squeue().value_or(std::vector<Entry>())) {
    if (noted.contains(entry.job)) live.insert(entry.job);
  }
  return {live.begin(), live.end()};
}

void require_scheduler(const campaign::Submission& submission) {
  if (submission.scheduler == Scheduler::slurm) {
    require_program("sbatch", "slurm-client");
    return;
  }
  require_program("parallel", "parallel");
  require_program("ssh", "openssh-client");
  require_program("rsync", "rsync");
}

std::vector<std::string> submit_command(const fs::path& folder,
                                        const campaign::Submission& submission,
                                        const std::vector<std::uint64_t>& shards) {
  std::vector<std::string> words = {"bash", (folder / "submit.sh").string()};
  if (submission.scheduler == Scheduler::slurm) {
    words.push_back(campaign::ranges(shards));
    for (const std::string& job : live_jobs(folder)) words.push_back(job);
  } else {
    for (const std::uint64_t shard : shards) words.push_back(std::to_string(shard));
  }
  return words;
}

}  // namespace opline::cli
