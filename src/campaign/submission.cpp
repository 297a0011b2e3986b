#include "src/campaign/submission.h"

#include <algorithm>
#include <cmath>

#include "src/base/error.h"
#include "src/base/files.h"
#include "src/base/json.h"
#include "src/base/strict_json.h"
#include "src/campaign/submission_scripts.h"

namespace opline::campaign {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostByForecast = 1000;  // below the default MaxArraySize of Slurm, 1001

void make_folders(const fs::path& folder) {
  std::error_code failed;
  for (const char* inside : {"shards", "logs"}) {
    fs::create_directories(folder / inside, failed);
    if (failed) {
      throw Error(ErrorCode::io, "{}: cannot create this folder ({})", (folder / inside).string(),
                  failed.message());
    }
  }
}

void write_script(const fs::path& path, const std::string& text) {
  write_file_atomically(path, text);
  std::error_code failed;
  fs::permissions(path, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec,
                  failed);
  if (failed) {
    throw Error(ErrorCode::io, "{}: cannot be made executable ({})", path.string(),
                failed.message());
  }
}

}  // namespace

std::uint64_t shards_for(double seconds, double hours_per_shard, std::uint64_t networks) {
  const double wanted = std::ceil(seconds / (hours_per_shard * 3600));
  const auto most = static_cast<double>(std::clamp<std::uint64_t>(networks, 1, kMostByForecast));
  return static_cast<std::uint64_t>(std::clamp(wanted, 1.0, most));
}

std::string to_text(const Submission& submission) {
  const bool slurm = submission.scheduler == Scheduler::slurm;
  const Json json = {{"format", "opline-submission"},
                     {"version", 1},
                     {"created_by", submission.created_by},
                     {"created_at", submission.created_at},
                     {"scheduler", slurm ? "slurm" : "hosts"},
                     {"command", submission.command},
                     {"shards", submission.shards},
                     {"expected_outcomes", submission.expected},
                     {"forecast_seconds", submission.seconds},
                     {"program", submission.program},
                     {"home", submission.home},
                     {"copy_seconds", submission.copy_seconds},
                     {"sbatch", submission.sbatch},
                     {"hosts", submission.hosts},
                     {"jobs", submission.jobs},
                     {"retries", submission.retries}};
  return opline::to_text(json);
}

void write_submission(const fs::path& folder, const Submission& submission) {
  make_folders(folder);
  write_script(folder / "shard.sh", shard_script(submission, folder));
  write_script(folder / "merge.sh", merge_script(submission, folder));
  write_script(folder / "submit.sh", submit_script(submission, folder));
  write_file_atomically(folder / "submission.json", to_text(submission));
}

}  // namespace opline::campaign
