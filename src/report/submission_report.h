// src/report/submission_report.h - how a submitted campaign stands, as text and JSON.
//
//   8 shards: 5 done, 2 running, 1 waiting
//   1210 of 2000 outcomes copied back (60.5 %); about 3 min 20 s left
//     shard 3    failed     exit code 5 on n2, 2 starts; logs/shard-3.log
#pragma once
#include <string>

#include "src/base/json.h"
#include "src/campaign/submission.h"

namespace opline::report {

/// Counts, time left, a line for each shard that failed or stopped, and what to do. Ends with a
/// newline. `folder` as it was named.
[[nodiscard]] std::string in_words(const campaign::Status& status,
                                   const campaign::Submission& submission,
                                   const std::string& folder);

/// {"format": "opline-status", "version": 1, "folder", "scheduler", "shards", "done", "running",
/// "waiting", "stopped", "failed", "outcomes", "expected_outcomes", "seconds_left" (or null),
/// "merged", "merge_queued", "merge_exit_code" (or null), "missing": [numbers], "states":
/// [{"shard", "state", "queued", "host" (or null), "starts", "seconds", "outcomes", "exit_code" (or
/// null)}]}.
[[nodiscard]] Json to_json(const campaign::Status& status, const campaign::Submission& submission,
                           const std::string& folder);

}  // namespace opline::report
