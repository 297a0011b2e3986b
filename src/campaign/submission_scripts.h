// src/campaign/submission_scripts.h - the scripts of a submission, as text. Internal to the module.
//
// Bash 4.2 and coreutils are all that they need besides opline and the scheduler. A study is
// measured and merged on the local disk, never in `folder`, which may be on a network drive.
#pragma once
#include <filesystem>
#include <string>

#include "src/campaign/submission.h"

namespace opline::campaign {

/// shard.sh [SHARD]: without a number the one of Slurm's array task. Copies the shard's study back
/// every `copy_seconds`, when opline has ended and when it gets SIGTERM, SIGHUP, SIGINT or SIGUSR1
/// (Slurm: the time limit is near; the task requeues itself). Exits with opline's code, 7 when it
/// was interrupted.
[[nodiscard]] std::string shard_script(const Submission& submission,
                                       const std::filesystem::path& folder);
/// merge.sh: exits with 4 while a shard is missing, else with the code of the command.
[[nodiscard]] std::string merge_script(const Submission& submission,
                                       const std::filesystem::path& folder);
/// Slurm: submit.sh RANGES [JOB...], jobs that are to end before merging, too. Hosts: submit.sh
/// SHARD..., which measures and merges before it ends.
[[nodiscard]] std::string submit_script(const Submission& submission,
                                        const std::filesystem::path& folder);

}  // namespace opline::campaign
