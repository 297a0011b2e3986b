#include "src/report/submission_report.h"

#include "src/base/counted.h"
#include "src/base/printable.h"
#include "src/base/shell_word.h"
#include "src/base/units.h"

namespace opline::report {
namespace {

using campaign::Shard;
using campaign::ShardState;

constexpr ShardState kStates[] = {ShardState::done, ShardState::running, ShardState::waiting,
                                  ShardState::stopped, ShardState::failed};

std::string counts_of(const campaign::Status& status) {
  std::string text = counted(status.shards.size(), "shard") + ":";
  const char* separator = " ";
  for (const ShardState state : kStates) {
    if (const std::uint64_t count = status.count(state); count > 0) {
      text += fmt::format("{}{} {}", separator, count, to_string(state));
      separator = ", ";
    }
  }
  return text + "\n";
}

std::string line_of(const Shard& shard, bool slurm) {
  const std::string what = shard.exit_code
                               ? fmt::format("exit code {}", *shard.exit_code)
                               : fmt::format("{} copied back", counted(shard.outcomes, "outcome"));
  return fmt::format("  shard {:<6} {:<8} {} on {}, {}; {}\n", shard.number, to_string(shard.state),
                     what, printable(shard.host), counted(shard.attempts, "start"),
                     slurm ? fmt::format("logs/shard-{}.log", shard.number) : "logs/shards.log");
}

std::string next_step(const campaign::Status& status, const campaign::Submission& submission,
                      const std::string& folder) {
  const std::size_t missing = status.missing().size();
  const std::string again = fmt::format("opline submit --dir {}", shell_word(folder));
  if (status.merged) return fmt::format("merged: {}/study.db, {}/result.txt\n", folder, folder);
  if (missing > 0) {
    const bool slurm = submission.scheduler == campaign::Scheduler::slurm;
    return fmt::format(
        "{} neither done nor {}: {} starts what is missing and goes on from what "
        "was copied back\n",
        counted(missing, "shard"), slurm ? "queued" : "in work", again);
  }
  if (status.merge_queued) return "";
  if (status.merge_exit_code && *status.merge_exit_code != 0) {
    return fmt::format("merging ended with exit code {} (logs/merge.log): {} merges again\n",
                       *status.merge_exit_code, again);
  }
  return status.count(ShardState::done) == status.shards.size()
             ? fmt::format("not merged yet: {} merges\n", again)
             : "";
}

}  // namespace

std::string in_words(const campaign::Status& status, const campaign::Submission& submission,
                     const std::string& folder) {
  std::string text = counts_of(status);
  const double share = status.expected == 0 ? 100
                                            : 100 * static_cast<double>(status.outcomes) /
                                                  static_cast<double>(status.expected);
  text += fmt::format("{} of {} copied back ({:.1f} %)", status.outcomes,
                      counted(status.expected, "outcome"), share);
  if (status.seconds_left && !status.merged)
    text += fmt::format("; about {} left", format_seconds(*status.seconds_left));
  text += "\n";
  for (const Shard& shard : status.shards) {
    if (!shard.queued && (shard.state == ShardState::failed || shard.state == ShardState::stopped))
      text += line_of(shard, submission.scheduler == campaign::Scheduler::slurm);
  }
  return text + next_step(status, submission, folder);
}

Json to_json(const campaign::Status& status, const campaign::Submission& submission,
             const std::string& folder) {
  const bool slurm = submission.scheduler == campaign::Scheduler::slurm;
  Json json = {{"format", "opline-status"},
               {"version", 1},
               {"folder", folder},
               {"scheduler", slurm ? "slurm" : "hosts"},
               {"shards", status.shards.size()}};
  for (const ShardState state : kStates) json[std::string(to_string(state))] = status.count(state);
  json["outcomes"] = status.outcomes;
  json["expected_outcomes"] = status.expected;
  json["seconds_left"] = json_or_null(status.seconds_left);
  json["merged"] = status.merged;
  json["merge_queued"] = status.merge_queued;
  json["merge_exit_code"] = json_or_null(status.merge_exit_code);
  json["missing"] = status.missing();
  json["states"] = Json::array();
  for (const Shard& shard : status.shards) {
    json["states"].push_back({{"shard", shard.number},
                              {"state", to_string(shard.state)},
                              {"queued", shard.queued},
                              {"host", shard.host.empty() ? Json(nullptr) : Json(shard.host)},
                              {"starts", shard.attempts},
                              {"seconds", shard.seconds},
                              {"outcomes", shard.outcomes},
                              {"exit_code", json_or_null(shard.exit_code)}});
  }
  return json;
}

}  // namespace opline::report
