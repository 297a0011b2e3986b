// src/cli/constraint_options.h - the options that restrict which networks are drawn: shared by
// sample, run, study.
#pragma once
#include <string>
#include <string_view>

#include "sampler/draw/constraint.h"
#include "src/base/units.h"
#include "src/cli/options.h"

namespace opline::cli {

/// --fits, --ops, --parameters, --flash, --sram, --where.
void add_constraint_options(Options& options);

/// Loads the boards that --fits names, because their images say what they leave for networks.
[[nodiscard]] sampler::Constraint constraint_of(const Options& options,
                                                const sampler::Space& space);

/// Reads "5M..30M", "..64KiB", "1.5M..", "1000" (that value alone), with the units of
/// src/base/units.h. Throws Error{usage} that shows the forms.
[[nodiscard]] sampler::Range parse_range(std::string_view text, Quantity quantity);

}  // namespace opline::cli
