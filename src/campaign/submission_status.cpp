// What a submission's file and folder say: read_submission(), read_status().
#include <algorithm>
#include <sstream>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/parse_number.h"
#include "src/base/strict_json.h"
#include "src/campaign/submission.h"

namespace opline::campaign {
namespace {

namespace fs = std::filesystem;

/// Lines "name=value"; empty without the file.
std::map<std::string, std::string> read_lines(const fs::path& path) {
  std::map<std::string, std::string> values;
  if (!fs::exists(path)) return values;
  std::istringstream lines(read_file(path));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t sign = line.find('=');
    if (sign == line.npos)
      throw Error(ErrorCode::input, "{}: expected name=value, found `{}`; delete the file",
                  path.string(), line);
    values[line.substr(0, sign)] = line.substr(sign + 1);
  }
  return values;
}

std::uint64_t number(const fs::path& path, const std::map<std::string, std::string>& values,
                     const std::string& name) {
  const auto found = values.find(name);
  const auto value =
      found == values.end() ? std::nullopt : parse_number<std::uint64_t>(found->second);
  if (!value) {
    throw Error(ErrorCode::input, "{}: expected a whole number for `{}`; delete the file",
                path.string(), name);
  }
  return *value;
}

std::uint64_t outcomes_in(const fs::path& path) {
  if (!fs::exists(path)) return 0;
  const Json json = parse_json(read_file(path), path.string());
  StrictObject file(json, path.string());
  return file.object("content").integer("outcomes");
}

ShardState state_from(const fs::path& path, const std::string& text) {
  for (const ShardState state :
       {ShardState::running, ShardState::stopped, ShardState::failed, ShardState::done}) {
    if (to_string(state) == text) return state;
  }
  throw Error(ErrorCode::input, "{}: `{}` is not a state; delete the file", path.string(), text);
}

Shard read_shard(const fs::path& folder, std::uint64_t number_of, const Queue& queue) {
  Shard shard;
  shard.number = number_of;
  const std::string stem = (folder / "shards" / std::to_string(number_of)).string();
  shard.outcomes = outcomes_in(stem + ".json");
  const fs::path path = stem + ".state";
  const auto values = read_lines(path);
  if (!values.empty()) {
    const auto text = [&](const std::string& name) {
      const auto found = values.find(name);
      return found == values.end() ? std::string() : found->second;
    };
    shard.state = state_from(path, text("state"));
    shard.host = text("host");
    shard.attempts = number(path, values, "attempts");
    shard.seconds = number(path, values, "seconds");
    if (shard.state == ShardState::failed)
      shard.exit_code = static_cast<int>(number(path, values, "exit"));
  }
  if (!queue.shards || shard.state == ShardState::done) return shard;
  const auto there = queue.shards->find(number_of);
  shard.queued = there != queue.shards->end();
  if (shard.queued) {
    shard.state = there->second ? ShardState::running : ShardState::waiting;
  } else if (shard.state == ShardState::running) {
    shard.state = ShardState::stopped;  // it was lost without a word
  }
  return shard;
}

std::optional<double> time_left(const Status& status, const Submission& submission) {
  const std::uint64_t running = status.count(ShardState::running);
  if (running == 0 || submission.expected == 0) return std::nullopt;
  double seconds = 0;
  for (const Shard& shard : status.shards) {
    if (shard.outcomes > 0) seconds += static_cast<double>(shard.seconds);
  }
  const double per_outcome = status.outcomes > 0 && seconds > 0
                                 ? seconds / static_cast<double>(status.outcomes)
                                 : submission.seconds / static_cast<double>(submission.expected);
  const std::uint64_t left = submission.expected - std::min(submission.expected, status.outcomes);
  return per_outcome * static_cast<double>(left) / static_cast<double>(running);
}

}  // namespace

std::string_view to_string(ShardState state) {
  switch (state) {
    case ShardState::running:
      return "running";
    case ShardState::stopped:
      return "stopped";
    case ShardState::failed:
      return "failed";
    case ShardState::done:
      return "done";
    default:
      return "waiting";
  }
}

Submission read_submission(const fs::path& folder) {
  const fs::path path = folder / "submission.json";
  const Json json = parse_json(read_file(path), path.string());
  StrictObject file(json, path.string());
  file.expect_text("format", "opline-submission", "name a folder of opline submit");
  if (file.integer("version") != 1) file.fail("version", "is not 1; update opline");
  Submission submission;
  submission.created_by = file.text("created_by");
  submission.created_at = file.text("created_at");
  submission.scheduler =
      file.choice("scheduler", {Scheduler::slurm, Scheduler::hosts}, [](Scheduler scheduler) {
        return std::string(scheduler == Scheduler::slurm ? "slurm" : "hosts");
      });
  submission.command = file.texts("command");
  if (submission.command.empty()) file.fail("command", "is empty");
  submission.shards = file.integer("shards");
  submission.expected = file.integer("expected_outcomes");
  submission.seconds = file.number("forecast_seconds");
  submission.program = file.text("program");
  submission.home = file.text("home");
  submission.copy_seconds = file.integer("copy_seconds");
  submission.sbatch = file.texts("sbatch");
  submission.hosts = file.texts("hosts");
  submission.jobs = file.text("jobs");
  submission.retries = file.integer("retries");
  file.reject_unknown_keys();
  return submission;
}

std::uint64_t Status::count(ShardState state) const {
  return static_cast<std::uint64_t>(std::count_if(
      shards.begin(), shards.end(), [&](const Shard& shard) { return shard.state == state; }));
}

std::vector<std::uint64_t> Status::missing() const {
  std::vector<std::uint64_t> numbers;
  for (const Shard& shard : shards) {
    if (shard.state != ShardState::done && !shard.queued) numbers.push_back(shard.number);
  }
  return numbers;
}

Status read_status(const fs::path& folder, const Submission& submission, const Queue& queue) {
  Status status;
  for (std::uint64_t number = 1; number <= submission.shards; ++number) {
    status.shards.push_back(read_shard(folder, number, queue));
    status.outcomes += status.shards.back().outcomes;
  }
  status.expected = submission.expected;
  const fs::path merge = folder / "merge.state";
  if (const auto values = read_lines(merge); !values.empty())
    status.merge_exit_code = static_cast<int>(number(merge, values, "exit"));
  status.merged = fs::exists(folder / "study.db");
  status.merge_queued = queue.merge;
  status.seconds_left = time_left(status, submission);
  return status;
}

std::string ranges(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  for (std::size_t first = 0, last = 0; first < numbers.size(); first = ++last) {
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    text += text.empty() ? "" : ",";
    text += std::to_string(numbers[first]);
    if (last > first) text += "-" + std::to_string(numbers[last]);
  }
  return text;
}

}  // namespace opline::campaign
