// src/cli/campaign_options.h - the options that say which networks: shared by sample, run, study.
#pragma once
#include "src/campaign/draw.h"
#include "src/cli/options.h"
#include "src/cli/verb.h"

namespace opline::cli {

/// --space, --prior, --without-replacement, --count, --seed, and those of constraint_options.h.
void add_query_options(Options& options, const std::string& default_count);
[[nodiscard]] campaign::Query query_of(const Options& options);
[[nodiscard]] unsigned threads_of(const Options& options);

/// The query's networks; drawing them shows progress.
[[nodiscard]] std::unique_ptr<campaign::NetworkSource> source_with_progress(
    const campaign::Query& query, unsigned threads, sampler::Shard shard, Console& console);

/// --shard.
void add_shard_option(Options& options, const std::string& help);
/// "k/n" with 1 <= k <= n; 1/1 without the option.
[[nodiscard]] sampler::Shard shard_of(const Options& options);

}  // namespace opline::cli
