// src/cli/fit_options.h - the options that say what is fitted, and how.
#pragma once
#include <string>
#include <vector>

#include "src/cli/options.h"
#include "src/evaluation/model_fit.h"

namespace opline::cli {

/// --of.
void add_response_option(Options& options);
[[nodiscard]] evaluation::Response read_response(const Options& options);

/// --of, --model, --estimator, --errors, --no-intercept.
void add_fit_options(Options& options);
/// Throws Error{usage} for what does not go together.
[[nodiscard]] evaluation::FitRequest read_fit_options(const Options& options);

}  // namespace opline::cli
