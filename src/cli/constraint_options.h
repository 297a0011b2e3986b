// src/cli/constraint_options.h - the options that restrict which networks are drawn: shared by
// sample, run, study.
#pragma once
#include <string>
#include <string_view>

#include "sampler/draw/constraint.h"
#include "src/cli/options.h"

namespace opline::cli {

/// --fits, --ops, --parameters, --flash, --sram, --where.
void add_constraint_options(Options& options);

/// Loads the boards that --fits names, because their images say what they leave for networks.
[[nodiscard]] sampler::Constraint constraint_of(const Options& options,
                                                const sampler::Space& space);

/// What the suffixes of a number mean.
enum class Unit {
  count,  ///< k, M, G: 1000, 1000^2, 1000^3.
  bytes,  ///< KB, MB: 1024, 1024^2 (as format_bytes() prints); B or nothing: bytes.
};

/// Reads "5M..30M", "..64KB", "1.5M..", "1000" (that value alone). Throws Error{usage} that shows
/// the forms.
[[nodiscard]] sampler::Range parse_range(std::string_view text, Unit unit);

}  // namespace opline::cli
