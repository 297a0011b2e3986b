// src/cli/schedulers.h - what Slurm or GNU parallel has of a submission, and handing shards to
// them: shared by submit and status.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "src/campaign/submission.h"

namespace opline::cli {

/// Asks squeue, or whether submit.sh is running.
[[nodiscard]] campaign::Queue ask_scheduler(const std::filesystem::path& folder,
                                            const campaign::Submission& submission);

/// Jobs of earlier submissions of this folder that Slurm still has, for submit.sh.
[[nodiscard]] std::vector<std::string> live_jobs(const std::filesystem::path& folder);

/// Throws Error{missing_tool} with the package where the scheduler's programs are missing.
void require_scheduler(const campaign::Submission& submission);

/// submit.sh with these arguments, as a shell takes it.
[[nodiscard]] std::vector<std::string> submit_command(const std::filesystem::path& folder,
                                                      const campaign::Submission& submission,
                                                      const std::vector<std::uint64_t>& shards);

}  // namespace opline::cli
