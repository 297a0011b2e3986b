// src/cli/campaign_options.h - the options that say which networks: shared by sample, run, study.   Room:
// cli.
#pragma once
#include "src/campaign/draw.h"
#include "src/cli/options.h"

namespace opline::cli {

/// --space, --prior, --count, --seed.
void add_query_options(Options& options, const std::string& default_count);
[[nodiscard]] campaign::Query query_of(const Options& options);
[[nodiscard]] unsigned threads_of(const Options& options);

}  // namespace opline::cli
