// src/cli/cost_model_export.h - which models of a series become a cost model: options, and what is
// said about those left out.
#pragma once
#include "src/cli/options.h"
#include "src/evaluation/judged_model.h"
#include "src/report/cost_model_view.h"
#include "src/store/study.h"

namespace opline::cli {

/// --models (the default is `models`) and --of.
void add_models_choice(Options& options, const std::string& models);
/// These of a cost model to be written, and --allow-not-valid.
void add_models_options(Options& options);
/// Judged by the shipped thresholds. Fails as Options::fail() for an unknown name.
[[nodiscard]] evaluation::ModelsOptions read_models_options(const Options& options);

/// Fits and judges the models of a series of `study`, which was read with its layers, and tells
/// which are left out.
[[nodiscard]] report::CostModelView view_cost_model(const evaluation::Series& series,
                                                    store::Study& study,
                                                    const evaluation::ModelsOptions& wanted,
                                                    bool allow_not_valid, Console& console);

}  // namespace opline::cli
