// src/campaign/submission.h - a campaign that a cluster or a few hosts measure in shards: a folder
// with scripts that anybody can read, run and change, and with what came back so far.
//
//   submission.json   what was asked for (docs/formats/submission.md)
//   shard.sh          measures one shard (opline run --shard K/N) on the local disk of its machine
//   merge.sh          merges the shards' studies and repeats the command on the result
//   submit.sh         hands shards to Slurm (sbatch), or to hosts (GNU parallel over ssh)
//   shards/K.db       the study of shard K, so far; K.json its content; K.state how it stands
//   logs/             what the scripts said
//   study.db, results/, result.txt   at the end
//
// There is no daemon: Slurm or GNU parallel starts what the scripts say. Nothing here starts a
// process.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace opline::campaign {

enum class Scheduler : std::uint8_t {
  slurm,  ///< A folder that all nodes share.
  hosts,  ///< ssh; the hosts need no common folder.
};

struct Submission {
  Scheduler scheduler = Scheduler::slurm;
  std::vector<std::string> command;  ///< "study" or "run" and its options; paths are absolute.
  std::uint64_t shards = 1;          ///< 1 ... 10000.
  std::uint64_t expected = 0;        ///< Outcomes of the whole campaign.
  double seconds = 0;                ///< On one thread, as forecast; 0 where nothing is pending.
  std::string program;               ///< opline, on the nodes or hosts.
  std::string home;                  ///< $OPLINE_HOME there; empty = not set.
  std::uint64_t copy_seconds = 600;  ///< How often a shard's study is copied back (Slurm).
  std::vector<std::string> sbatch;   ///< Options for sbatch.
  std::vector<std::string> hosts;    ///< As ssh takes them.
  std::string jobs;           ///< Shards at a time on each host, as parallel --jobs takes it.
  std::uint64_t retries = 3;  ///< Times a shard is started again on another host.
  std::string created_at;
  std::string created_by;  ///< "opline 0.1.0".
};

/// Shards of about `hours_per_shard` hours on one thread; at least 1, at most 1000 and at most
/// `networks`.
[[nodiscard]] std::uint64_t shards_for(double seconds, double hours_per_shard,
                                       std::uint64_t networks);

/// The file format "opline-submission", version 1.
[[nodiscard]] std::string to_text(const Submission& submission);
/// Reads `folder`/submission.json. Throws Error{io} without such a file, Error{input} for what is
/// not one.
[[nodiscard]] Submission read_submission(const std::filesystem::path& folder);

/// Makes the folder with submission.json and the scripts. Throws Error{io}.
void write_submission(const std::filesystem::path& folder, const Submission& submission);

/// How a shard stands.
enum class ShardState : std::uint8_t {
  waiting,  ///< Never started, and the scheduler has it or may get it.
  running,
  stopped,  ///< Interrupted or lost: what it had copied back is kept.
  failed,   ///< opline ended with an error; see its log.
  done,
};
[[nodiscard]] std::string_view to_string(ShardState state);

struct Shard {
  std::uint64_t number = 0;  ///< From 1.
  ShardState state = ShardState::waiting;
  bool queued = false;           ///< The scheduler has it, or works on it.
  std::string host;              ///< Of the last start; empty = never started.
  std::uint64_t attempts = 0;    ///< Starts.
  std::uint64_t seconds = 0;     ///< Of all starts, up to the last copy.
  std::uint64_t outcomes = 0;    ///< Copied back so far.
  std::optional<int> exit_code;  ///< Of one that failed.
};

/// What the scheduler has of a submission now.
struct Queue {
  /// By number of the shard, whether it runs. Missing where the scheduler cannot be asked.
  std::optional<std::map<std::uint64_t, bool>> shards;
  bool merge = false;  ///< Whether it has the merge job.
};

struct Status {
  std::vector<Shard> shards;  ///< All, in order.
  bool merged = false;        ///< study.db is there, from all shards.
  bool merge_queued = false;
  std::optional<int> merge_exit_code;  ///< Of the last merge.
  std::uint64_t outcomes = 0;          ///< Copied back so far,
  std::uint64_t expected = 0;          ///< of these.
  /// Until the last shard is done, at the rate of the shards so far (of the forecast as long as
  /// nothing came back) with as many at a time as run now; missing where none runs.
  std::optional<double> seconds_left;

  [[nodiscard]] std::uint64_t count(ShardState state) const;
  /// Shards that a new submission has to start: not done, and the scheduler does not have them.
  [[nodiscard]] std::vector<std::uint64_t> missing() const;
};

/// Reads what the shards left in `folder`. Throws Error{input} for a state that shard.sh did not
/// write.
[[nodiscard]] Status read_status(const std::filesystem::path& folder, const Submission& submission,
                                 const Queue& queue);

/// "1-4,7,9-12": numbers in increasing order as sbatch --array takes them.
[[nodiscard]] std::string ranges(const std::vector<std::uint64_t>& numbers);

}  // namespace opline::campaign
